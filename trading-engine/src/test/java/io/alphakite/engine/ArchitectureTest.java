package io.alphakite.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

/** Which way the engine's parts may look. */
class ArchitectureTest {

  private static final String[] CORE = {
    "io.alphakite.engine.order",
    "io.alphakite.engine.risk",
    "io.alphakite.engine.position",
    "io.alphakite.engine.signal",
    "io.alphakite.engine.strategy",
    "io.alphakite.engine.control",
    "io.alphakite.engine.broker",
    "io.alphakite.engine.kill",
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.alphakite.engine");

  @Test
  void modulesLookOneWay() {
    ApplicationModules.of(TradingEngine.class).verify();
  }

  @Test
  void coreIsPlainJava() {
    classes()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.alphakite.engine.order",
            "io.alphakite.engine.risk",
            "io.alphakite.engine.position",
            "io.alphakite.engine.signal",
            "io.alphakite.engine.strategy",
            "io.alphakite.engine.control",
            "io.alphakite.engine.broker",
            "io.alphakite.engine.kill",
            "io.alphakite.model..",
            "java.lang..",
            "java.math..",
            "java.time..",
            "java.util..",
            "org.slf4j..",
            "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void coreIsGivenTimeAndIdsAndNeverSleeps() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(java.time.LocalDate.class, "now")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.util.UUID.class, "randomUUID")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .check(CLASSES);
  }

  /** A second broker is an adapter and a choice in broker.config, and nothing else. */
  @Test
  void onlyTheChoiceOfABrokerKnowsItsAdapter() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.alphakite.engine.broker.schwab",
            "io.alphakite.engine.broker.paper",
            "io.alphakite.engine.broker.config")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.alphakite.engine.broker.schwab",
            "io.alphakite.engine.broker.paper",
            "io.alphakite.engine.broker.config")
        .check(CLASSES);
  }

  @Test
  void onlyTheBrokersAdapterKnowsSchwab() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.alphakite.engine.broker.schwab", "io.alphakite.engine.broker.config")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.alphakite.schwab..")
        .check(CLASSES);
  }
}
