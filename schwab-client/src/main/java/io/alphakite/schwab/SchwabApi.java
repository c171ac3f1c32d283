package io.alphakite.schwab;

import io.alphakite.schwab.auth.AccessTokens;
import io.alphakite.schwab.auth.OAuthLogin;
import io.alphakite.schwab.auth.OAuthTokens;
import io.alphakite.schwab.auth.RefreshLock;
import io.alphakite.schwab.auth.TokenFile;
import io.alphakite.schwab.http.CircuitState;
import io.alphakite.schwab.http.ClockSkew;
import io.alphakite.schwab.http.Endpoint;
import io.alphakite.schwab.http.HttpClients;
import io.alphakite.schwab.http.MonotonicClock;
import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.RateBudget;
import io.alphakite.schwab.http.Rest;
import io.alphakite.schwab.http.RetryPolicy;
import io.alphakite.schwab.http.SimulatorMark;
import io.alphakite.schwab.http.Unknowns;
import io.alphakite.schwab.market.HttpMarketData;
import io.alphakite.schwab.market.MarketData;
import io.alphakite.schwab.stream.FrameTap;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamSettings;
import io.alphakite.schwab.stream.WebSocketStream;
import io.alphakite.schwab.trader.HttpTrader;
import io.alphakite.schwab.trader.Trader;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Charles Schwab, connected for one user: the door to everything here. Safe for use by many
 * threads.
 */
public final class SchwabApi implements AutoCloseable {

  private static final Duration READ_LIMIT = Duration.ofSeconds(10);
  private static final Duration ORDER_LIMIT = Duration.ofSeconds(10);

  private final SchwabConfig config;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final SimulatorMark mark;
  private final ClockSkew skew;
  private final RateBudget budget;
  private final Unknowns unknowns = new Unknowns();
  private final Duration orderLimit;
  private final OneShot once;
  private final Rest rest;
  private final OAuthTokens tokens;
  private final OAuthLogin login;
  private final MarketData marketData;
  private final Trader trader;

  private SchwabApi(
      SchwabConfig config,
      InstantSource clock,
      RateBudget.Settings limits,
      RefreshLock processes,
      Duration orderLimit,
      RetryPolicy retries) {
    this.config = config;
    this.clock = clock;
    // Shared by threads, which java.util.Random allows.
    this.random = new Random();
    this.mark = new SimulatorMark();
    this.skew = new ClockSkew(clock, System::nanoTime);
    this.budget = new RateBudget(limits, MonotonicClock.SYSTEM, random);
    URI base = config.baseUrl();
    this.orderLimit = orderLimit;
    this.once = new OneShot(HttpClients.once(mark, skew, orderLimit), budget);
    TokenFile file = TokenFile.at(config.tokenFile(), config.tokenKey());
    this.tokens = OAuthTokens.of(base, config.credentials(), file, processes, once, clock, random);
    this.login = new OAuthLogin(base, config.credentials(), once, clock, tokens);
    this.rest =
        new Rest(
            base,
            HttpClients.telling(HttpClients.reads(mark, skew, READ_LIMIT), once::replaceReady),
            tokens,
            retries,
            budget,
            MonotonicClock.SYSTEM,
            random);
    this.marketData = new HttpMarketData(rest, unknowns);
    this.trader = new HttpTrader(rest, once, tokens, unknowns);
  }

  /**
   * Reads the token file if there is one; makes no call.
   *
   * @param clock wall clock, for the tokens' ends
   * @throws io.alphakite.schwab.http.SchwabException {@code TOKEN_FILE} with one line saying what
   *     to do when the file's mode is too wide or it cannot be read; a missing file is no error
   *     here
   * @throws IllegalArgumentException with one line when the token key is none
   */
  public static SchwabApi connect(SchwabConfig config, InstantSource clock) {
    return connect(config, clock, RefreshLock.FILE_ALONE);
  }

  /**
   * As {@link #connect(SchwabConfig, InstantSource)} for one of several processes that may run on
   * several machines.
   *
   * @param processes lets one of them refresh at a time
   */
  public static SchwabApi connect(SchwabConfig config, InstantSource clock, RefreshLock processes) {
    return connect(config, clock, limits(config), processes);
  }

  /**
   * As {@link #connect(SchwabConfig, InstantSource, RefreshLock)} with a rate budget of one's own,
   * for one of several processes that share an app.
   */
  public static SchwabApi connect(
      SchwabConfig config, InstantSource clock, RateBudget.Settings limits, RefreshLock processes) {
    return new SchwabApi(config, clock, limits, processes, ORDER_LIMIT, RetryPolicy.READS).opened();
  }

  /**
   * As {@link #connect(SchwabConfig, InstantSource)} for a person's login, which replaces the token
   * file whatever it holds: the file is not read, so a damaged one is no error here.
   */
  public static SchwabApi beforeLogin(SchwabConfig config, InstantSource clock) {
    return new SchwabApi(
        config, clock, limits(config), RefreshLock.FILE_ALONE, ORDER_LIMIT, RetryPolicy.READS);
  }

  /** As {@link #connect(SchwabConfig, InstantSource)} with other limits, for tests. */
  static SchwabApi connect(
      SchwabConfig config, InstantSource clock, Duration orderLimit, RetryPolicy retries) {
    return new SchwabApi(config, clock, limits(config), RefreshLock.FILE_ALONE, orderLimit, retries)
        .opened();
  }

  private SchwabApi opened() {
    tokens.open();
    return this;
  }

  /**
   * The rate budget of a process that has the app to itself. Only a simulator answers without TLS
   * ({@link Endpoint}), and its market may be in a hurry.
   */
  public static RateBudget.Settings limits(SchwabConfig config) {
    return "https".equalsIgnoreCase(config.baseUrl().getScheme())
        ? RateBudget.Settings.SCHWAB
        : RateBudget.Settings.SIMULATOR;
  }

  /**
   * As {@link #limits(SchwabConfig)} for one of several processes.
   *
   * @param share of the app's requests a minute, against Schwab
   */
  public static RateBudget.Settings limits(SchwabConfig config, int share) {
    RateBudget.Settings whole = limits(config);
    return whole.equals(RateBudget.Settings.SCHWAB) ? whole.withRequestsPerMinute(share) : whole;
  }

  public MarketData marketData() {
    return marketData;
  }

  public Trader trader() {
    return trader;
  }

  /**
   * From now on connections for orders are opened before an order needs one, TCP and TLS: two at a
   * time, each for one request, replaced when the server closes them, when another call fails on
   * its way, and after 20 s at most. {@link #close} ends it.
   */
  public void expectOrders() {
    once.keepReady(
        HttpClients.ready(mark, skew, orderLimit),
        config.baseUrl(),
        orderLimit,
        clock,
        MonotonicClock.SYSTEM);
  }

  /** How many connections stand ready for orders now. */
  public int readyForOrders() {
    return once.ready();
  }

  /** Closes the connections that wait for orders; all else goes on as before. */
  @Override
  public void close() {
    once.keepNoneReady();
  }

  /** The login's state, and the access token that calls carry. */
  public AccessTokens tokens() {
    return tokens;
  }

  /** A person's login, when {@link AccessTokens#status} asks for one. */
  public OAuthLogin login() {
    return login;
  }

  /** A new streamer connection, not yet started. Schwab allows one per user. */
  public SchwabStream stream() {
    return stream(defaultStreamSettings());
  }

  private StreamSettings defaultStreamSettings() {
    return Endpoint.isLoopback(config.baseUrl()) ? StreamSettings.LOOPBACK : StreamSettings.SCHWAB;
  }

  /** As {@link #stream()}, with limits of one's own. */
  public SchwabStream stream(StreamSettings settings) {
    return stream(settings, FrameTap.NONE);
  }

  /** As {@link #stream()}, with somebody who sees each frame before it is decoded. */
  public SchwabStream stream(FrameTap tap) {
    return stream(defaultStreamSettings(), tap);
  }

  private SchwabStream stream(StreamSettings settings, FrameTap tap) {
    return new WebSocketStream(trader::userPreference, tokens, settings, clock, random, tap);
  }

  /** What was used of the rate budget and what is left, for metrics. */
  public RateBudget.Usage budget() {
    return budget.usage();
  }

  /** Whether reads are let through, by service; see {@link Rest#circuits}. */
  public Map<String, CircuitState> circuits() {
    return rest.circuits();
  }

  /** What answers held that this client does not know, with how often; see {@link Unknowns}. */
  public Map<String, Long> unknowns() {
    return unknowns.counts();
  }

  /** How far Schwab's clock is ahead of ours; empty until a few answers have come. */
  public Optional<Duration> clockSkew() {
    return skew.estimate();
  }

  /**
   * Whether the newest answer of {@link SchwabConfig#baseUrl} carried the header {@code
   * Kite-Simulator}: false until one did, and false again as soon as one does not.
   */
  public boolean simulator() {
    return mark.seen();
  }
}
