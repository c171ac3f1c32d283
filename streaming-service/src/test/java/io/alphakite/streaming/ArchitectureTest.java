package io.alphakite.streaming;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

/** The rooms of the service and who may enter. */
@AnalyzeClasses(
    packages = "io.alphakite.streaming",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule CORE_KNOWS_THE_MODEL_ALONE =
      classes()
          .that()
          .resideInAPackage("..streaming.feed..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java.lang..",
              "java.math..",
              "java.time..",
              "java.util..",
              "org.jspecify..",
              "io.alphakite.model..",
              "io.alphakite.streaming.feed..");

  @ArchTest
  static final ArchRule CORE_ASKS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAPackage("..streaming.feed..")
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule SPRING_STAYS_AT_THE_EDGE =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.alphakite.streaming", "..streaming.store..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework..");

  @ArchTest
  static final ArchRule NO_SERVICE_KNOWS_ANOTHER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.alphakite.engine..", "io.alphakite.gateway..");

  @Test
  void modulesDependOnEachOtherWithoutACircle() {
    ApplicationModules.of(StreamingService.class).verify();
  }
}
