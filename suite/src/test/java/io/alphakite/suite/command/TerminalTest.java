package io.alphakite.suite.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void drawsProgressOnlyForAPerson() {
    for (boolean watched : new boolean[] {false, true}) {
      Terminal terminal = terminal(false, watched);
      try (Terminal.Bar bar = terminal.progress("SPY 1m")) {
        bar.at(1, 2, "390 rows");
        terminal.line("a line between");
        bar.at(2, 2, "780 rows");
      }
      assertThat(text(out)).isEqualTo("a line between\n");
      if (watched) {
        assertThat(text(err))
            .contains("SPY 1m  [############------------]  50 %  390 rows")
            .contains("100 %  780 rows")
            .endsWith("\r\u001b[K");
      } else {
        assertThat(text(err)).isEmpty();
      }
      out.reset();
    }
  }

  @Test
  void failsInOneLineAndInJson() {
    assertThat(terminal(true, false).fail("no such \"thing\"")).isEqualTo(1);
    assertThat(text(err)).isEqualTo("kite: no such \"thing\"\n");
    assertThat(text(out)).contains("\"error\" : \"no such \\\"thing\\\"\"");
  }

  private Terminal terminal(boolean json, boolean watched) {
    return new Terminal(print(out), print(err), json, watched);
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream of) {
    return of.toString(StandardCharsets.UTF_8);
  }
}
