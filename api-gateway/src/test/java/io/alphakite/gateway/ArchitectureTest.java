package io.alphakite.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.alphakite.gateway");

  @Test
  void itsPartsKnowOneAnotherWithoutCircles() {
    ApplicationModules.of(ApiGateway.class).verify();
  }

  @Test
  void knowsNoOtherServiceAndNoBroker() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.alphakite.streaming..",
            "io.alphakite.engine..",
            "io.alphakite.simulator..",
            "io.alphakite.schwab..",
            "io.alphakite.suite..")
        .check(CLASSES);
  }

  @Test
  void whatAllShareDependsOnNoFeature() {
    noClasses()
        .that()
        .resideInAPackage("io.alphakite.gateway.web..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.alphakite.gateway.access..",
            "io.alphakite.gateway.market..",
            "io.alphakite.gateway.trade..",
            "io.alphakite.gateway.stream..",
            "io.alphakite.gateway.operations..",
            "io.alphakite.gateway.replay..")
        .check(CLASSES);
  }

  @Test
  void asksAnInjectedClockForTheTime() {
    noClasses()
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(java.time.LocalDate.class, "now")
        .orShould()
        .callMethod(java.time.ZoneId.class, "of", String.class)
        .check(CLASSES);
  }
}
