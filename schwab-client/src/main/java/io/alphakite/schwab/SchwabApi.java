package io.alphakite.schwab;

import io.alphakite.schwab.auth.AccessTokens;
import io.alphakite.schwab.http.Endpoint;
import io.alphakite.schwab.market.MarketData;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamSettings;
import io.alphakite.schwab.trader.Trader;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Charles Schwab, connected for one user: the door to everything here. Safe for use by many
 * threads.
 */
public final class SchwabApi {

  private final SchwabConfig config;
  private final AccessTokens tokens;
  private final MarketData marketData;
  private final Trader trader;
  private final Function<StreamSettings, SchwabStream> streams;
  private final BooleanSupplier simulator;

  SchwabApi(
      SchwabConfig config,
      AccessTokens tokens,
      MarketData marketData,
      Trader trader,
      Function<StreamSettings, SchwabStream> streams,
      BooleanSupplier simulator) {
    this.config = config;
    this.tokens = tokens;
    this.marketData = marketData;
    this.trader = trader;
    this.streams = streams;
    this.simulator = simulator;
  }

  /**
   * Reads the token file if there is one; makes no call.
   *
   * @param clock wall clock, for the tokens' ends
   * @throws io.alphakite.schwab.http.SchwabException {@code TOKEN_FILE} with one line saying what
   *     to do when the file's mode is too wide or it cannot be read; a missing file is no error
   *     here
   */
  @SuppressWarnings("DoNotCallSuggester") // The parts follow.
  public static SchwabApi connect(SchwabConfig config, InstantSource clock) {
    throw new UnsupportedOperationException("not yet: " + config.baseUrl() + " " + clock);
  }

  public MarketData marketData() {
    return marketData;
  }

  public Trader trader() {
    return trader;
  }

  /** The login's state, and the access token that calls carry. */
  public AccessTokens tokens() {
    return tokens;
  }

  /** A new streamer connection, not yet started. Schwab allows one per user. */
  public SchwabStream stream() {
    return stream(
        Endpoint.isLoopback(config.baseUrl()) ? StreamSettings.LOOPBACK : StreamSettings.SCHWAB);
  }

  /** As {@link #stream()}, with limits of one's own. */
  public SchwabStream stream(StreamSettings settings) {
    return streams.apply(settings);
  }

  /**
   * Whether the newest answer of {@link SchwabConfig#baseUrl} carried the header {@code
   * Kite-Simulator}: false until one did, and false again as soon as one does not.
   */
  public boolean simulator() {
    return simulator.getAsBoolean();
  }
}
