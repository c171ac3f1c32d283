package io.alphakite.simulator.stream;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import io.alphakite.simulator.stream.Outbox.Outgoing;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What may happen to one connection's data frames on their way out. While any of its dials is set,
 * every item is a frame of its own: which items share one depends on the machine, and a fault must
 * not. Not thread-safe.
 */
final class FrameFaults {
  private static final List<Dial> DIALS =
      List.of(
          Dial.FRAME_DROPPED,
          Dial.FRAME_GARBLED,
          Dial.FRAME_DUPLICATED,
          Dial.FRAME_REORDERED,
          Dial.FRAME_DELAYED,
          Dial.FRAME_UNKNOWN_SERVICE,
          Dial.FRAME_UNKNOWN_MESSAGE,
          Dial.FRAME_UNKNOWN_NOTICE,
          Dial.FRAME_SEVERAL_KINDS);

  private final FaultDials dials;
  private final Consumer<Outgoing> out;
  private @Nullable Outgoing held;

  FrameFaults(FaultDials dials, Consumer<Outgoing> out) {
    this.dials = dials;
    this.out = out;
  }

  /** Whether any of the dials is set. */
  boolean armed() {
    for (int i = 0; i < DIALS.size(); i++) {
      if (dials.isSet(DIALS.get(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Sends a data frame, or what the faults make of it.
   *
   * @param subject the service
   * @param wallMillis time of a heartbeat that comes in the same frame
   */
  void send(String frame, String subject, long wallMillis) {
    if (held == null && !armed()) {
      out.accept(new Outgoing.Text(frame));
      return;
    }
    before(subject, wallMillis);
    if (dials.strike(Dial.FRAME_DROPPED, subject).isPresent()) {
      return;
    }
    dials
        .strike(Dial.FRAME_DELAYED, subject)
        .ifPresent(strike -> out.accept(new Outgoing.Pause(strike.delay())));
    String text =
        dials.strike(Dial.FRAME_SEVERAL_KINDS, subject).isEmpty()
            ? frame
            : "{\"notify\":[{\"heartbeat\":\"" + wallMillis + "\"}]," + frame.substring(1);
    Outgoing outgoing =
        dials
            .strike(Dial.FRAME_GARBLED, subject)
            .map(strike -> garbled(text, strike))
            .orElseGet(() -> new Outgoing.Text(text));
    boolean twice = dials.strike(Dial.FRAME_DUPLICATED, subject).isPresent();
    if (held == null && dials.strike(Dial.FRAME_REORDERED, subject).isPresent()) {
      held = outgoing;
      return;
    }
    out.accept(outgoing);
    if (twice) {
      out.accept(outgoing);
    }
    release();
  }

  private void before(String subject, long wallMillis) {
    if (dials.strike(Dial.FRAME_UNKNOWN_SERVICE, subject).isPresent()) {
      out.accept(
          new Outgoing.Text(
              "{\"data\":[{\"service\":\"LEVELONE_SOMETHING_NEW\",\"timestamp\":"
                  + wallMillis
                  + ",\"command\":\"SUBS\",\"content\":[{\"key\":\"NEW\",\"1\":1.5}]}]}"));
    }
    if (dials.strike(Dial.FRAME_UNKNOWN_MESSAGE, subject).isPresent()) {
      out.accept(
          new Outgoing.Text("{\"snapshot\":[{\"service\":\"SOMETHING_NEW\",\"content\":{}}]}"));
    }
    if (dials.strike(Dial.FRAME_UNKNOWN_NOTICE, subject).isPresent()) {
      out.accept(
          new Outgoing.Text(
              "{\"notify\":[{\"service\":\"ADMIN\",\"timestamp\":"
                  + wallMillis
                  + ",\"content\":{\"code\":77,\"msg\":\"Something new\"}}]}"));
    }
  }

  private static Outgoing garbled(String frame, Strike strike) {
    return switch (strike.text("form")) {
      case "not_json" -> new Outgoing.Text("<html><body>Service Unavailable</body></html>");
      case "wrong_types" -> new Outgoing.Text(frame.replace("\"content\":[", "\"content\":[7,"));
      case "binary" -> new Outgoing.Binary(frame);
      case "empty" -> new Outgoing.Text("");
      default ->
          new Outgoing.Text(frame.substring(0, 1 + strike.choose(Math.max(1, frame.length() - 1))));
    };
  }

  /** Sends what waits for a frame to overtake it. */
  void release() {
    Optional.ofNullable(held).ifPresent(out);
    held = null;
  }
}
