package io.alphakite.suite.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A page that points at a class which has moved on misleads the reader it was written for. */
class LinksTest {
  private static final Path ROOT =
      Path.of(System.getenv().getOrDefault("KITE_PROJECT_ROOT", "..")).toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");

  @Test
  void everyLinkOfThePagesLeadsToAFile() throws IOException {
    List<String> dead = new ArrayList<>();
    List<Path> pages = pages();
    for (Path page : pages) {
      Matcher links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        String target = links.group(1);
        if (!target.contains(":") && !Files.exists(page.resolveSibling(target))) {
          dead.add(ROOT.relativize(page) + " -> " + target);
        }
      }
    }
    assertThat(pages).hasSizeGreaterThan(5);
    assertThat(dead).isEmpty();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files =
        Files.find(ROOT, 2, (path, attributes) -> path.toString().endsWith(".md"))) {
      return files.filter(path -> !path.toString().contains("node_modules")).sorted().toList();
    }
  }
}
