package io.alphakite.streaming.alarm;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.alert.Alarm;
import io.alphakite.platform.alert.Severity;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.streaming.retention.PartitionTrouble;
import io.alphakite.streaming.watch.FeedReport;
import io.alphakite.streaming.watch.FeedState;
import io.alphakite.streaming.watch.TickerSilence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which alarms hold. Their words do not change while the cause lasts, so that each is told once.
 */
public final class AlarmRules {

  private static final String LOG_IN = "Log in: ./kite auth login";

  /** More refused or halted symbols are told as one. */
  private static final int TICKERS_MAX = 20;

  private final AlarmSettings settings;

  public AlarmRules(AlarmSettings settings) {
    this.settings = settings;
  }

  /** Those that hold now, the worst first. */
  public List<Alarm> of(Observed now) {
    List<Alarm> alarms = new ArrayList<>();
    feed(now, alarms);
    login(now.token(), now.wallNow(), alarms);
    if (skewed(now.clockSkew())) {
      alarms.add(
          new Alarm(
              "clock_skew",
              Severity.CRITICAL,
              "This machine's clock is more than "
                  + settings.clockSkew().toSeconds()
                  + " s off Schwab's: the age of quotes cannot be told, new orders are blocked.",
              "Set the clock: timedatectl set-ntp true, or the host's time if this is a virtual"
                  + " machine."));
    }
    if (now.errorsLately() > settings.errors()) {
      alarms.add(
          new Alarm(
              "errors",
              Severity.WARNING,
              "More than " + settings.errors() + " errors in five minutes.",
              "Look at the log: lines with level ERROR."));
    }
    if (!now.partitions().isEmpty()) {
      alarms.add(
          new Alarm(
              "partitions",
              Severity.WARNING,
              "The tables' partitions need a look: "
                  + now.partitions().stream()
                      .sorted()
                      .map(PartitionTrouble::words)
                      .collect(Collectors.joining(", "))
                  + ". No row is lost.",
              "The check partitions of the streaming service's /health says more. It is tried again"
                  + " each hour; a restart of the service tries at once."));
    }
    refused(now.refused(), alarms);
    halted(now.feed(), alarms);
    return alarms;
  }

  /** Whether the clock is so far off that nobody can tell how old a quote is. */
  public boolean skewed(@Nullable Duration skew) {
    return skew != null && skew.abs().compareTo(settings.clockSkew()) > 0;
  }

  private void feed(Observed now, List<Alarm> alarms) {
    FeedReport feed = now.feed();
    if (feed.state() == FeedState.TAKEN_OVER) {
      alarms.add(
          new Alarm("feed_taken_over", Severity.CRITICAL, plain(feed.message()), feed.hint()));
    }
    if (now.staleFor().compareTo(settings.stale()) > 0 && feed.state() != FeedState.TAKEN_OVER) {
      alarms.add(
          new Alarm(
              "feed_stale",
              Severity.CRITICAL,
              stale(feed.state())
                  + " for more than "
                  + settings.stale().toSeconds()
                  + " s while the market is open: prices are old, new orders are blocked.",
              feed.hint()));
    }
    if (now.stuck()) {
      alarms.add(
          new Alarm(
              "intake_stuck",
              Severity.CRITICAL,
              "The streaming service does not take what Schwab sends: prices are old, new orders"
                  + " are blocked.",
              "Look whether the database works and has room; if it does, restart the streaming"
                  + " service."));
    }
    if (feed.expected() && feed.silence().compareTo(settings.noData()) >= 0) {
      alarms.add(
          new Alarm(
              "no_data",
              Severity.CRITICAL,
              "No data of any ticker for "
                  + settings.noData().toMinutes()
                  + " minutes while the market is open.",
              feed.hint() == null
                  ? "Compare with another source of prices. If the tickers do trade, restart the"
                      + " streaming service."
                  : feed.hint()));
    }
  }

  private static String stale(FeedState state) {
    return switch (state) {
      case MUTE_FEED -> "Schwab's connection lives but brings no prices";
      case DEAD_TOKEN -> "Schwab does not let us in";
      default -> "Nothing comes from Schwab";
    };
  }

  private void login(TokenStatus token, Instant now, List<Alarm> alarms) {
    if (token.state() == TokenStatus.State.MISSING
        || token.state() == TokenStatus.State.LOGIN_REQUIRED) {
      alarms.add(
          new Alarm(
              "login_required",
              Severity.CRITICAL,
              "Schwab's login is over or missing: no data, no orders until a person logs in.",
              LOG_IN));
      return;
    }
    Instant end = token.loginEndsAt();
    if (end == null) {
      return;
    }
    Duration left = Duration.between(now, end);
    for (int hours : new int[] {1, 6, 24, 48}) {
      if (left.compareTo(Duration.ofHours(hours)) <= 0) {
        alarms.add(
            new Alarm(
                "login_ends_" + hours + "h",
                hours <= 6 ? Severity.CRITICAL : Severity.WARNING,
                "Schwab's login ends in less than "
                    + hours
                    + (hours == 1 ? " hour." : " hours.")
                    + " Without a new one the feed and trading stop.",
                LOG_IN));
        return;
      }
    }
  }

  private static void refused(Map<Ticker, String> refused, List<Alarm> alarms) {
    if (refused.size() > TICKERS_MAX) {
      alarms.add(
          new Alarm(
              "symbols_refused",
              Severity.WARNING,
              "Schwab does not stream " + refused.size() + " of the tickers.",
              "GET /health of the streaming service lists them; take away what is not needed."));
      return;
    }
    new TreeMap<>(refused)
        .forEach(
            (ticker, why) ->
                alarms.add(
                    new Alarm(
                        "symbol_refused",
                        Severity.WARNING,
                        ticker.symbol(),
                        "Schwab does not stream " + ticker.symbol() + ": " + why,
                        "Check the symbol; code 19 means too many.")));
  }

  private static void halted(FeedReport feed, List<Alarm> alarms) {
    new TreeMap<>(feed.tickers())
        .entrySet().stream()
            .filter(entry -> entry.getValue().kind() != TickerSilence.QUIET)
            .limit(TICKERS_MAX)
            .forEach(
                entry -> {
                  String ticker = entry.getKey().symbol();
                  boolean told = entry.getValue().kind() == TickerSilence.HALTED;
                  alarms.add(
                      new Alarm(
                          told ? "ticker_halted" : "ticker_silent",
                          Severity.WARNING,
                          ticker,
                          told
                              ? "Trading in " + ticker + " is halted."
                              : ticker + " is silent while others flow: perhaps halted.",
                          told
                              ? "Orders in it are blocked while its quote is old."
                              : "It is subscribed anew by itself, a few times an hour. Orders in it"
                                  + " are blocked meanwhile."));
                });
  }

  private static String plain(String message) {
    return message.endsWith(".") ? message : message + '.';
  }
}
