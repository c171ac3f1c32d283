package io.alphakite.suite;

import io.alphakite.platform.settings.Settings;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a person reads when everything runs, and the browser that opens where there is one. */
final class Welcome {
  private Welcome() {}

  static void print(RunningSuite suite, Settings settings, PrintStream out) {
    out.println();
    out.println(
        "Alpha Kite is running"
            + (suite.live() ? " on the real Schwab API." : " on recorded sessions."));
    out.println("  Page      " + suite.page());
    out.println("  Sign in   " + suite.signIn() + "   (works once)");
    if (watched()) {
      suite
          .newAdminKey()
          .ifPresent(
              key -> out.println("  API key   " + key + "   (every scope; shown this one time)"));
    }
    out.println("  Data      " + suite.home());
    out.println("Ctrl-C stops it.");
    out.flush();
    if (settings.flag("KITE_OPEN_BROWSER", true)) {
      open(suite);
    }
  }

  private static boolean watched() {
    @SuppressWarnings("SystemConsoleNull") // null still happens under some launchers
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static void open(RunningSuite suite) {
    if (!watched()) {
      return;
    }
    Map<String, String> environment = System.getenv();
    boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
    boolean desktop =
        environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
    if (!mac && !desktop) {
      return;
    }
    try {
      new ProcessBuilder(List.of(mac ? "open" : "xdg-open", suite.signIn().toString()))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException _) {
      // The address is on the terminal.
    }
  }
}
