package io.alphakite.simulator;

import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.broker.OrderDesk;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.fault.Scenario;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.recording.Recordings;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.simulator.stream.StreamerHub;
import io.alphakite.simulator.web.Arrivals;
import io.alphakite.simulator.web.ScenarioStage;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A running simulator in this process: its market, its web server on a port of its own, and the
 * controls of its replay. Several can run side by side. Leaves the process's logging as it is.
 */
public final class SimulatorServer implements AutoCloseable {
  private final ConfigurableApplicationContext context;
  private final Recordings recordings;
  private final Market market;
  private final FaultDials faults;
  private final ScenarioStage stage;
  private final StreamerHub hub;
  private final OrderDesk desk;
  private final Tokens tokens;
  private final Arrivals arrivals;
  private final Closeable state;
  private final @Nullable TlsIdentity identity;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final String host;

  private SimulatorServer(
      ConfigurableApplicationContext context,
      Recordings recordings,
      Market market,
      FaultDials faults,
      ScenarioStage stage,
      StreamerHub hub,
      OrderDesk desk,
      Tokens tokens,
      Arrivals arrivals,
      Closeable state,
      @Nullable TlsIdentity identity,
      String host) {
    this.context = context;
    this.recordings = recordings;
    this.market = market;
    this.faults = faults;
    this.stage = stage;
    this.hub = hub;
    this.desk = desk;
    this.tokens = tokens;
    this.arrivals = arrivals;
    this.state = state;
    this.identity = identity;
    this.host = host;
  }

  /**
   * Starts one; it answers when this returns.
   *
   * @throws IllegalStateException with one clear line when the port is taken or the state directory
   *     cannot be used
   * @throws io.alphakite.simulator.fault.ScenarioException when the scenario cannot be used
   * @throws io.alphakite.simulator.settings.SettingsException when the caller's CSV cannot be used
   */
  public static SimulatorServer start(SimulatorSettings settings) {
    return start(settings, List.of());
  }

  /**
   * Starts one whose logging is this process's own.
   *
   * @param logging Boot's logging properties as arguments; none = leave logging as it is
   */
  static SimulatorServer start(SimulatorSettings settings, List<String> logging) {
    checkPort(settings);
    Closeable state = takeState(settings);
    try {
      return start(settings, logging, state);
    } catch (RuntimeException e) {
      release(state);
      throw e;
    }
  }

  private static SimulatorServer start(
      SimulatorSettings settings, List<String> logging, Closeable state) {
    Scenario scenario = settings.scenario() == null ? null : Scenario.load(settings.scenario());
    TlsIdentity identity = identity(settings);
    Recordings recordings =
        settings.csv() == null ? Recordings.bundled() : Recordings.csv(settings.csv());
    Market market;
    try {
      market = new Market(settings, recordings);
    } catch (RuntimeException e) {
      recordings.close();
      throw e;
    }
    OptionMarket options = new OptionMarket(market);
    InstantSource clock = settings.continuous() ? market::now : InstantSource.system();
    FaultDials faults = new FaultDials(settings.seed(), market::nowMillis);
    if (settings.continuous()) {
      faults.set(Dial.NIGHTLY_RESET, FaultRule.ALWAYS);
    }
    Tokens tokens =
        new Tokens(
            clock,
            settings.appKey(),
            settings.appSecret(),
            settings.rotatingRefreshTokens(),
            faults);
    ScenarioStage stage = new ScenarioStage(market, faults, tokens);
    StreamerHub hub =
        new StreamerHub(
            market, options, settings, clock, tokens::isValid, StreamerHub.CUSTOMER_ID, faults);
    Arrivals arrivals = new Arrivals();
    OrderDesk desk;
    ConfigurableApplicationContext context;
    try {
      desk = new OrderDesk(market, options, settings, clock, faults, hub::accountActivity);
      List<Object> parts =
          List.of(settings, tokens, market, options, faults, stage, hub, desk, arrivals);
      context = webServer(settings, identity, logging, parts);
    } catch (RuntimeException e) {
      hub.close();
      market.close();
      if (identity != null) {
        identity.close();
      }
      recordings.close();
      throw e;
    }
    if (!recordings.summary().isEmpty()) {
      // Only now is logging as it was asked for.
      LoggerFactory.getLogger(SimulatorServer.class)
          .atInfo()
          .addKeyValue("event", "market.csv.read")
          .log("The market is the caller's own: {}", recordings.summary());
    }
    desk.start();
    if (scenario != null) {
      stage.play(scenario);
    }
    market.start();
    return new SimulatorServer(
        context,
        recordings,
        market,
        faults,
        stage,
        hub,
        desk,
        tokens,
        arrivals,
        state,
        identity,
        settings.bindAddress());
  }

  private static @Nullable TlsIdentity identity(SimulatorSettings settings) {
    if (!settings.tls()) {
      return null;
    }
    Set<String> names = new TreeSet<>(settings.allowedHosts());
    names.add(settings.bindAddress());
    return TlsIdentity.in(settings.stateDirectory(), names);
  }

  private static ConfigurableApplicationContext webServer(
      SimulatorSettings settings,
      @Nullable TlsIdentity identity,
      List<String> logging,
      List<Object> parts) {
    SpringApplication application =
        new SpringApplicationBuilder(SimulatorConfiguration.class)
            .web(WebApplicationType.SERVLET)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .registerShutdownHook(false)
            .initializers(
                context ->
                    parts.forEach(
                        part ->
                            context
                                .getBeanFactory()
                                .registerSingleton(part.getClass().getSimpleName(), part)))
            .build();
    if (logging.isEmpty()) {
      application.setListeners(
          application.getListeners().stream()
              .filter(listener -> !(listener instanceof LoggingApplicationListener))
              .toList());
    }
    // As arguments, which outrank files and variables: nothing meant for a service may leak in.
    List<String> arguments = new ArrayList<>(logging);
    Collections.addAll(
        arguments,
        "--spring.config.name=simulator",
        "--spring.main.web-application-type=servlet",
        "--spring.threads.virtual.enabled=true",
        "--spring.web.resources.add-mappings=false",
        // Else what curl -d sends with PUT never reaches the control API.
        "--spring.mvc.formcontent.filter.enabled=false",
        "--spring.jmx.enabled=false",
        "--server.port=" + settings.port(),
        "--server.address=" + settings.bindAddress(),
        "--server.shutdown=immediate",
        "--server.compression.enabled=true",
        "--server.forward-headers-strategy=none",
        "--server.servlet.context-path=");
    arguments.addAll(
        identity == null ? List.of("--server.ssl.enabled=false") : identity.serverArguments());
    return application.run(arguments.toArray(String[]::new));
  }

  private static void checkPort(SimulatorSettings settings) {
    if (settings.port() == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(
          new InetSocketAddress(InetAddress.getByName(settings.bindAddress()), settings.port()));
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot listen on "
              + settings.bindAddress()
              + " port "
              + settings.port()
              + " (SIMULATOR_PORT, BIND_ADDRESS): "
              + e.getMessage(),
          e);
    }
  }

  /** Makes the state directory this simulator's alone until it is closed. */
  private static Closeable takeState(SimulatorSettings settings) {
    Path directory = settings.stateDirectory();
    if (directory == null) {
      return () -> {};
    }
    FileChannel channel = null;
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held within this process; told below.
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot use " + directory + " (SIMULATOR_STATE_DIR): " + e, e);
    }
    if (channel != null) {
      release(channel);
    }
    throw new IllegalStateException(
        directory + " (SIMULATOR_STATE_DIR) is in use by another simulator");
  }

  private static void release(Closeable state) {
    try {
      state.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release the state directory", e);
    }
  }

  public int port() {
    if (context instanceof WebServerApplicationContext web && web.getWebServer() != null) {
      return web.getWebServer().getPort();
    }
    throw new IllegalStateException("no web server");
  }

  /** What a client takes as Schwab's base URL. */
  public URI baseUrl() {
    return URI.create(
        (identity == null ? "http://" : "https://")
            + (host.equals("0.0.0.0") ? "127.0.0.1" : host)
            + ":"
            + port());
  }

  /** The PEM file of the certificate that clients must trust; empty without TLS. */
  public Optional<Path> certificate() {
    return Optional.ofNullable(identity).map(TlsIdentity::certificate);
  }

  /** Tokens as after a person's login just now. */
  public Tokens.Grant login() {
    return tokens.login();
  }

  /** The switchboard of faults; all are off at the start. */
  public FaultDials faults() {
    return faults;
  }

  /** Begins a scenario now. */
  public void play(Scenario scenario) {
    stage.play(scenario);
  }

  /** From now on this one is told of each request, on the request's thread. */
  public void watch(Consumer<Arrivals.Arrival> consumer) {
    arrivals.watch(consumer);
  }

  public Market.Status replay() {
    return market.status();
  }

  public Instant marketTime() {
    return market.now();
  }

  /** Market seconds per wall second, 1 to 1000; in a continuous calendar to 100 000. */
  public void speed(double marketPerWall) {
    market.speed(marketPerWall);
  }

  /** Holds the clock, or lets it go on. */
  public void paused(boolean hold) {
    market.paused(hold);
  }

  /** Stops the market at its exact place and closes every connection. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      market.close();
      hub.close();
      try {
        context.close();
      } finally {
        desk.close();
        recordings.close();
        if (identity != null) {
          identity.close();
        }
        release(state);
      }
    }
  }
}
