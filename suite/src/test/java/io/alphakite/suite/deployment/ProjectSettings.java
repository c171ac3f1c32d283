package io.alphakite.suite.deployment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The names of settings, as the sources use them. */
public final class ProjectSettings {
  /** Words of Schwab's that are written like settings of ours. */
  private static final Set<String> SCHWABS_WORDS = Set.of("MARKET_ON_CLOSE");

  /**
   * A text that can only be a setting: but for Schwab's words nothing else in the sources is
   * written in capitals with one of these first words.
   */
  private static final Pattern NAME =
      Pattern.compile(
          "\"((?:AUTO|BATCH|BIND|DATABASE|ENGINE|GATEWAY|INDICATOR|KITE|MARKET|RECORD|REPLAY|RETENTION|RISK|SCHWAB|SIMULATOR"
              + "|STREAM|STREAMER|TRADING)_[A-Z0-9_]*[A-Z0-9])\"");

  /** A text of any name handed to one of the methods of Settings. */
  private static final Pattern CALL =
      Pattern.compile(
          "(?i:settings)\\s*\\.\\s*(?:text|required|integer|decimal|flag|parsed)\\(\\s*\"([A-Z][A-Z0-9_]*)\"");

  /** As logback.xml refers to one. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Z][A-Z0-9]*_[A-Z0-9_]+)");

  private ProjectSettings() {}

  /** The settings that the product's sources in these modules name. */
  static Set<String> usedBy(List<String> modules) {
    Set<String> names = new TreeSet<>();
    for (String module : modules) {
      Path sources = root().resolve(module).resolve("src/main");
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .filter(Files::isRegularFile)
            .forEach(
                file -> {
                  if (file.toString().endsWith(".java")) {
                    String text = withoutComments(read(file));
                    collect(NAME, text, names);
                    collect(CALL, text, names);
                  } else if (file.toString().endsWith(".xml")) {
                    collect(REFERENCE, read(file), names);
                  }
                });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    names.removeAll(SCHWABS_WORDS);
    return names;
  }

  /** Whether every program of the product has a main class, so that none reads settings later. */
  static boolean complete() {
    return Stream.of(
            "streaming-service/src/main/java/io/alphakite/streaming/StreamingService.java",
            "trading-engine/src/main/java/io/alphakite/engine/TradingEngine.java",
            "api-gateway/src/main/java/io/alphakite/gateway/ApiGateway.java",
            "suite/src/main/java/io/alphakite/suite/Suite.java")
        .allMatch(file -> Files.exists(root().resolve(file)));
  }

  /** The repository's root. */
  public static Path root() {
    String told = System.getenv("KITE_PROJECT_ROOT");
    for (Path folder = Path.of(told == null ? "" : told).toAbsolutePath();
        folder != null;
        folder = folder.getParent()) {
      if (Files.exists(folder.resolve("env.template"))) {
        return folder;
      }
    }
    throw new IllegalStateException("No env.template above " + Path.of("").toAbsolutePath());
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void collect(Pattern pattern, String text, Set<String> names) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
  }

  private static String withoutComments(String source) {
    return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
  }
}
