package io.alphakite.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Where the tests find the repository and the recorded data beside it. */
public final class ProjectFiles {

  private ProjectFiles() {}

  /** The repository's root. */
  public static Path root() {
    String told = System.getenv("KITE_PROJECT_ROOT");
    if (told != null && !told.isBlank()) {
      return Path.of(told);
    }
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      if (Files.exists(dir.resolve("common-model/pom.xml"))) {
        return dir;
      }
    }
    throw new IllegalStateException("No repository above " + Path.of("").toAbsolutePath());
  }

  /** The lines of a recorded file without its header; skips the test where the file is absent. */
  public static List<String> recordedLines(String file) {
    Path path = root().resolve("../shared/data").resolve(file).normalize();
    assumeTrue(Files.exists(path), "recorded data is not here: shared/data/" + file);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
