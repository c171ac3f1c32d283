package io.alphakite.suite.chaos;

import java.io.IOException;
import java.util.List;

/** Signals that Java has no method for. */
final class Signals {
  private Signals() {}

  static void send(String signal, long... pids) throws IOException, InterruptedException {
    for (long pid : pids) {
      int status =
          new ProcessBuilder(List.of("kill", "-" + signal, Long.toString(pid)))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (status != 0 && !signal.equals("KILL")) {
        throw new IOException("kill -" + signal + " " + pid + " ended with " + status);
      }
    }
  }
}
