package io.alphakite.streaming.watch;

import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the watch makes of the feed, as of a moment ago.
 *
 * @param since when it became so; while it is blocking: when data ended
 * @param expected whether data should come now: the market is open
 * @param regular whether these are regular hours
 * @param silence how long no ticker brought anything, of the time in which it should have
 * @param canarySilence the shortest silence of a canary, the same way; zero without canaries
 * @param canaries tickers whose rate makes a silence of {@link WatchSettings#staleAfter} improbable
 * @param learned whether any ticker was watched for long enough to have a rate
 * @param tickers those whose silence means something
 * @param newestEvent the newest event time seen; null before the first
 * @param reason what the connection said when it ended; null while it stands
 */
public record FeedReport(
    FeedState state,
    Instant since,
    boolean expected,
    boolean regular,
    Duration silence,
    Duration canarySilence,
    int canaries,
    boolean learned,
    Map<Ticker, Silent> tickers,
    @Nullable Instant newestEvent,
    @Nullable String reason) {

  /**
   * A ticker's silence.
   *
   * @param since when its last item came
   * @param canary whether it is liquid: silent as soon as the feed is looked upon as stale
   * @param newestEvent its newest event's time, first images included; null before the first
   * @param images how many first images came
   */
  public record Silent(
      TickerSilence kind,
      Instant since,
      boolean canary,
      @Nullable Instant newestEvent,
      long images) {}

  /** The tickers that are silent for this reason, at most 50. */
  public List<String> silent(TickerSilence kind) {
    return tickers.entrySet().stream()
        .filter(entry -> entry.getValue().kind() == kind)
        .map(entry -> entry.getKey().symbol())
        .sorted()
        .limit(50)
        .toList();
  }

  /** What is the case, in a sentence for a person. */
  public String message() {
    String seconds = silence.toSeconds() + " s";
    String why = reason == null ? "" : ": " + reason;
    return switch (state) {
      case STARTING -> "The feed is starting.";
      case CLOSED -> "The market is closed: no data is expected.";
      case FLOWING -> "Data comes as it should.";
      case STANDING -> "The replay stands: no data is expected.";
      case DEAD_SOCKET ->
          reason == null
              ? "Nothing at all has come over Schwab's connection for " + seconds + "."
              : "Not connected to Schwab's streamer" + why + ".";
      case MUTE_FEED ->
          "Schwab's connection lives, but it brought no prices of any liquid ticker for "
              + (canaries == 0 ? silence : canarySilence).toSeconds()
              + " s.";
      case DEAD_TOKEN -> "Schwab does not let us in" + why + ".";
      case TAKEN_OVER -> "Another program of the same Schwab user took the streaming connection.";
    };
  }

  /** What a person should do; null when there is nothing to do. */
  public @Nullable String hint() {
    return switch (state) {
      case STARTING, CLOSED, FLOWING, STANDING -> null;
      case DEAD_SOCKET ->
          "It is tried again by itself. When it lasts, look at this machine's network and at"
              + " Schwab's status.";
      case MUTE_FEED ->
          "A new connection is made by itself. When it lasts, compare"
              + " with another source of prices and watch your open positions at Schwab.";
      case DEAD_TOKEN -> "Log in: ./kite auth login";
      case TAKEN_OVER ->
          "Close the other program (thinkorswim's API, another Alpha Kite, a script), then restart"
              + " the streaming service. It will not fight for the connection.";
    };
  }
}
