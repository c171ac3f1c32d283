package io.alphakite.streaming.health;

import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.alphakite.schwab.stream.StreamStats;
import io.alphakite.streaming.intake.IntakeStatus;
import io.alphakite.streaming.option.OptionStatus;
import io.alphakite.streaming.watch.FeedReport;
import io.alphakite.streaming.watch.TickerSilence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether the streamer is connected and brings what it should. */
public final class FeedCheck implements HealthCheck {
  // Heartbeats come every ten seconds.
  private static final Duration SILENCE = Duration.ofSeconds(30);

  // So many messages and not one newer than what is stored: no accident of order.
  private static final long STALE_ALONE = 1_000;

  // Of thousands a person reads the first; GET /v1/tickers has them all.
  private static final int NAMED_MAX = 20;
  private static final int MISSING_TOLD = 5;

  private final Supplier<IntakeStatus> intake;
  private final Supplier<StreamStats> stream;
  private final Supplier<FeedReport> feed;
  private final @Nullable Supplier<OptionStatus> options;

  /**
   * Looks here.
   *
   * @param options null unless options are streamed
   */
  public FeedCheck(
      Supplier<IntakeStatus> intake,
      Supplier<StreamStats> stream,
      Supplier<FeedReport> feed,
      @Nullable Supplier<OptionStatus> options) {
    this.intake = intake;
    this.stream = stream;
    this.feed = feed;
    this.options = options;
  }

  @Override
  public String name() {
    return "feed";
  }

  @Override
  public CheckResult check() {
    IntakeStatus now = intake.get();
    StreamStats stats = stream.get();
    FeedReport report = feed.get();
    Map<String, Object> details = new LinkedHashMap<>();
    Status status = Status.UP;
    String problem = now.problem();
    if (!now.connected()) {
      status = Status.DOWN;
      details.put(
          "note",
          (now.gaveUp() ? "not connected and not trying again: " : "not connected, trying again: ")
              + (problem == null ? "unknown" : problem));
    } else if (report.state().blocking()) {
      status = Status.DOWN;
      details.put("note", report.message());
    } else if (stats.lastFrameNanosAgo() > SILENCE.toNanos()) {
      status = Status.DEGRADED;
      details.put("note", "connected, but nothing is heard");
    } else if (!now.refused().isEmpty()) {
      status = Status.DEGRADED;
      details.put("note", "Schwab does not stream every symbol");
    } else if (now.counts().stale() > STALE_ALONE
        && now.counts().ticks() + now.counts().outsideHours() == 0) {
      status = Status.DOWN;
      details.put(
          "note",
          "the feed's time is before that of the stored rows: another replay needs another"
              + " database");
    }
    if (report.hint() != null) {
      details.put("hint", report.hint());
    }
    details.put("state", report.state().label());
    if (report.expected()) {
      details.put("data_silence_ms", report.silence().toMillis());
      details.put("canaries", report.canaries());
    }
    for (TickerSilence kind : TickerSilence.values()) {
      List<String> silent = report.silent(kind);
      if (!silent.isEmpty()) {
        details.put(kind.label(), silent);
      }
    }
    details.put("connected", now.connected());
    if (stats.lastFrameNanosAgo() >= 0) {
      details.put("last_frame_ms", Duration.ofNanos(stats.lastFrameNanosAgo()).toMillis());
    }
    details.put("connections", stats.connections());
    details.put("queued", stats.queued());
    details.put("full_queue_waits", stats.fullQueueWaits());
    details.put("ticks", now.counts().ticks());
    details.put("stale", now.counts().stale());
    details.put("corrections", now.counts().corrections());
    details.put("late", now.counts().late());
    if (!now.refused().isEmpty()) {
      Map<String, String> refused = new TreeMap<>();
      now.refused().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .limit(NAMED_MAX)
          .forEach(entry -> refused.put(entry.getKey().symbol(), entry.getValue()));
      details.put("refused", refused);
      details.put("refused_count", now.refused().size());
    }
    if (options != null) {
      details.put("options", notes(options.get()));
    }
    return new CheckResult(status, details);
  }

  /** Notes only: options that are missing are no failure of the feed. */
  private static Map<String, Object> notes(OptionStatus now) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("contracts", now.contracts());
    details.put("underlyings", now.underlyings());
    details.put("rejected_values", now.counts().rejected() + now.counts().crossed());
    if (now.refused() > 0) {
      details.put("refused", now.refused());
    }
    if (now.beyondLimit() > 0) {
      details.put("beyond_limit", now.beyondLimit());
    }
    if (!now.missing().isEmpty()) {
      List<String> missing = new ArrayList<>();
      now.missing().entrySet().stream()
          .limit(MISSING_TOLD)
          .forEach(
              entry ->
                  missing.add(
                      "no chain for %s since %s: %s"
                          .formatted(
                              entry.getKey(),
                              entry.getValue().since(),
                              entry.getValue().reason())));
      if (now.missing().size() > MISSING_TOLD) {
        missing.add("and %d more".formatted(now.missing().size() - MISSING_TOLD));
      }
      details.put("note", String.join("; ", missing));
    }
    return details;
  }
}
