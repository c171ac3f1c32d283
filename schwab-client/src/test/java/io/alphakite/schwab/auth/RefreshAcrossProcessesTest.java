package io.alphakite.schwab.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RefreshAcrossProcessesTest {

  private static final int PROCESSES = 3;

  /** The program of the other processes: prints the access token it gets. */
  static final class Other {

    private Other() {}

    public static void main(String[] arguments) {
      SchwabApi api =
          SchwabApi.connect(
              SchwabConfig.of(
                  arguments[0],
                  FakeSchwab.APP_KEY,
                  FakeSchwab.APP_SECRET,
                  "",
                  Path.of(arguments[1]),
                  null),
              InstantSource.system());
      System.out.print("token=" + api.tokens().accessToken());
    }
  }

  @Test
  void refreshesOnceForAllProcesses(@TempDir Path directory)
      throws IOException, InterruptedException {
    try (FakeSchwab schwab = new FakeSchwab()) {
      Path file = FakeSchwab.tokenFile(directory, "access-0@", Instant.EPOCH);
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Other.class.getName(),
                    schwab.url(),
                    file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
      }
      for (Process process : processes) {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output).endsWith("token=access-1@");
      }
      assertThat(schwab.count("POST /v1/oauth/token")).isEqualTo(1);
    }
  }
}
