package io.alphakite.model;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses MODEL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.alphakite.model");

  private static final List<String> EASTERN_SPELLINGS =
      List.of("America/New_York", "US/Eastern", "EST5EDT");
  private static final Set<String> NOT_SOURCES = Set.of("target", "node_modules", ".git", ".kite");

  @Test
  void needsNothingButTheJdk() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("io.alphakite.model..", "java..", "org.jspecify.annotations.."))
        .check(MODEL);
  }

  @Test
  void doesNoInputOrOutput() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.sql..")
        .check(MODEL);
  }

  @Test
  void neverAsksWhatTimeItIs() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDate.class, "now")
        .orShould()
        .callMethod(ZoneId.class, "systemDefault")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(MODEL);
  }

  @Test
  void itsPackagesPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("indicator")
        .definedBy("io.alphakite.model.indicator..")
        .layer("calendar")
        .definedBy("io.alphakite.model.calendar..")
        .layer("market")
        .definedBy("io.alphakite.model.market..")
        .layer("order")
        .definedBy("io.alphakite.model.order..")
        .whereLayer("indicator")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("calendar")
        .mayOnlyBeAccessedByLayers("indicator")
        .whereLayer("market")
        .mayOnlyBeAccessedByLayers("indicator", "order")
        .whereLayer("order")
        .mayNotBeAccessedByAnyLayer()
        .check(MODEL);
  }

  /** Looks at every module's sources, not only at this one's. */
  @Test
  void onlyTheMarketCalendarNamesTheEasternZone() throws IOException {
    Path root = ProjectFiles.root();
    List<String> naming = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return NOT_SOURCES.contains(String.valueOf(dir.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = root.relativize(file).toString().replace('\\', '/');
            if (name.contains("src/main/java/") && name.endsWith(".java")) {
              String source = Files.readString(file);
              if (EASTERN_SPELLINGS.stream().anyMatch(source::contains)) {
                naming.add(name);
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });

    assertThat(naming)
        .containsExactly(
            "common-model/src/main/java/io/alphakite/model/calendar/MarketCalendar.java");
  }
}
