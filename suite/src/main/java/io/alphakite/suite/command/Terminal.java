package io.alphakite.suite.command;

import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a command prints: data to {@code out}, as text or as one JSON document, everything else to
 * {@code err}. Progress is shown only when {@code err} is watched by a person. Not safe for use by
 * many threads.
 */
public final class Terminal {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BAR_WIDTH = 24;
  private static final long REDRAW_NANOS = 100_000_000;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean json;
  private final boolean watched;
  private boolean barShown;

  /**
   * A terminal or what stands for one.
   *
   * @param json whether {@code --json} was given
   * @param watched whether a person looks at {@code err}: then progress is drawn there
   */
  public Terminal(PrintStream out, PrintStream err, boolean json, boolean watched) {
    this.out = out;
    this.err = err;
    this.json = json;
    this.watched = watched;
  }

  /**
   * The terminal of this process. The system property {@code kite.terminal}, which {@code ./kite}
   * sets, says whether standard error is one: Java cannot tell.
   */
  public static Terminal ofProcess(boolean json) {
    return new Terminal(System.out, System.err, json, Boolean.getBoolean("kite.terminal"));
  }

  /** Whether data is wanted as JSON. */
  public boolean json() {
    return json;
  }

  /** Data as a line of text. */
  public void line(String text) {
    endProgress();
    out.println(text);
  }

  /** What happens, as a line of text; left out where data is wanted as JSON. */
  public void say(String text) {
    if (!json) {
      line(text);
    }
  }

  /** Data as JSON. */
  public void print(JsonNode data) {
    endProgress();
    out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(data));
  }

  /** Something for a person that is no data. */
  public void note(String text) {
    endProgress();
    err.println(text);
  }

  /**
   * Says in one line what went wrong, as JSON too when that is wanted.
   *
   * @return the exit status of a command that failed
   */
  public int fail(String problem) {
    if (json) {
      print(JSON.createObjectNode().put("error", problem));
    }
    endProgress();
    err.println("kite: " + problem);
    return 1;
  }

  /**
   * A bar that moves; nothing when nobody looks.
   *
   * @param what as in "SPY 1m"
   */
  public Bar progress(String what) {
    return new Bar(what);
  }

  private void endProgress() {
    if (barShown) {
      err.print("\r\u001b[K");
      err.flush();
      barShown = false;
    }
  }

  /** One line of progress; closing it takes it away. */
  public final class Bar implements AutoCloseable {
    private final String what;
    private long drawnNanos;
    private boolean drawn;

    private Bar(String what) {
      this.what = what;
    }

    /**
     * Shows how far it is, at most ten times a second.
     *
     * @param done of {@code total}
     * @param detail what a person wants to know besides, as in "12,345 rows"
     */
    public void at(long done, long total, String detail) {
      long now = System.nanoTime();
      if (!watched || (drawn && done < total && now - drawnNanos < REDRAW_NANOS)) {
        return;
      }
      drawn = true;
      drawnNanos = now;
      barShown = true;
      double part = total <= 0 ? 1 : Math.clamp((double) done / total, 0, 1);
      int full = (int) (part * BAR_WIDTH);
      err.printf(
          Locale.ROOT,
          "\r\u001b[K%s  [%s%s] %3d %%  %s",
          what,
          "#".repeat(full),
          "-".repeat(BAR_WIDTH - full),
          (int) (part * 100),
          detail);
      err.flush();
    }

    @Override
    public void close() {
      endProgress();
    }
  }
}
