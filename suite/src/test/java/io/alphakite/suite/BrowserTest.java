package io.alphakite.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.alphakite.platform.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A person at the page of the real suite: {@code dashboard/e2e/page.test.mjs} signs in, watches
 * prices move and buys 10 SPY. Skipped, with the reason, where no chromium is installed.
 */
class BrowserTest {
  private static final Path ROOT = Path.of(System.getenv().getOrDefault("KITE_PROJECT_ROOT", ".."));

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path home;

  @Test
  void personBuysThroughThePage() throws Exception {
    Optional<Path> chromium = chromium();
    assumeTrue(chromium.isPresent(), "no chromium: the page was not tried in a browser");
    Map<String, String> settings = new HashMap<>();
    settings.put("KITE_HOME", home.toString());
    settings.put("KITE_OPEN_BROWSER", "false");
    for (String port : List.of("GATEWAY_PORT", "STREAMER_PORT", "ENGINE_PORT", "SIMULATOR_PORT")) {
      settings.put(port, "0");
    }
    try (RunningSuite suite =
        RunningSuite.start(Settings.of(settings), false, Progress.to(BrowserTest::show))) {
      Path pictures = ROOT.resolve("suite/target/pictures").toAbsolutePath();
      Files.createDirectories(pictures);
      assertThat(
              run(
                  Map.of(
                      "KITE_URL", suite.page().toString(),
                      "KITE_SIGN_IN_URL", suite.signIn().toString(),
                      "KITE_SCREENSHOTS", pictures.toString(),
                      "CHROMIUM", chromium.get().toString())))
          .isZero();
    }
  }

  private int run(Map<String, String> settings) throws IOException, InterruptedException {
    Path output = home.resolve("browser.txt");
    ProcessBuilder builder = new ProcessBuilder("node", "--test", "e2e/page.test.mjs");
    builder.environment().putAll(settings);
    Process node =
        builder
            .directory(ROOT.resolve("dashboard").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = node.waitFor(180, TimeUnit.SECONDS);
      System.out.println(Files.readString(output, StandardCharsets.UTF_8));
      assertThat(ended).as("the browser test ends").isTrue();
      return node.exitValue();
    } finally {
      node.destroyForcibly();
    }
  }

  private static void show(String line) {
    System.out.println(line);
  }

  private static Optional<Path> chromium() {
    return Stream.of(
            Optional.ofNullable(System.getenv("CHROMIUM")).orElse(""),
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser")
        .filter(path -> !path.isBlank())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }
}
