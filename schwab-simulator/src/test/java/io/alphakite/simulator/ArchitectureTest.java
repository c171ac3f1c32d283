package io.alphakite.simulator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.alphakite.simulator.fault.Dial;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.alphakite.simulator");

  @Test
  void featuresDependInOneDirection() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("program")
        .definedBy("io.alphakite.simulator")
        .layer("web")
        .definedBy("..simulator.web..")
        .layer("broker")
        .definedBy("..simulator.broker..")
        .layer("stream")
        .definedBy("..simulator.stream..")
        .layer("auth")
        .definedBy("..simulator.auth..")
        .layer("market")
        .definedBy("..simulator.market..")
        .layer("recording")
        .definedBy("..simulator.recording..")
        .layer("fault")
        .definedBy("..simulator.fault..")
        .layer("settings")
        .definedBy("..simulator.settings..")
        .whereLayer("program")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("web")
        .mayOnlyBeAccessedByLayers("program")
        .whereLayer("broker")
        .mayOnlyBeAccessedByLayers("web", "program")
        .whereLayer("stream")
        .mayOnlyBeAccessedByLayers("web", "program")
        .whereLayer("auth")
        .mayOnlyBeAccessedByLayers("web", "program")
        .whereLayer("market")
        .mayOnlyBeAccessedByLayers("broker", "stream", "web", "program")
        .whereLayer("fault")
        .mayOnlyBeAccessedByLayers("broker", "stream", "auth", "web", "program")
        .whereLayer("recording")
        .mayOnlyBeAccessedByLayers("market", "program")
        .check(CLASSES);
  }

  @Test
  void neverKnowsTheClientNorTheServices() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.alphakite.schwab..",
            "io.alphakite.platform..",
            "io.alphakite.streaming..",
            "io.alphakite.engine..",
            "io.alphakite.gateway..")
        .check(CLASSES);
  }

  @Test
  void leavesTimeZonesToTheMarketCalendar() {
    noClasses().should().callMethod(ZoneId.class, "of", String.class).check(CLASSES);
  }

  @Test
  void marketAndRecordingsKnowNoSpringAndNoHttp() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..simulator.market..",
            "..simulator.recording..",
            "..simulator.broker..",
            "..simulator.auth..",
            "..simulator.fault..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "jakarta..")
        .check(CLASSES);
  }

  @Test
  void everyDialActsSomewhere() {
    JavaClass dials = CLASSES.get(Dial.class);
    assertThat(Dial.values())
        .filteredOn(
            dial ->
                dials.getField(dial.name()).getAccessesToSelf().stream()
                    .allMatch(use -> use.getOriginOwner().getPackage().equals(dials.getPackage())))
        .as("dials that nothing asks")
        .isEmpty();
  }
}
