package io.alphakite.simulator;

import io.alphakite.simulator.fault.ScenarioException;
import io.alphakite.simulator.settings.SettingsException;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.io.Console;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulator as a program of its own; settings come from environment variables. */
public final class SchwabSimulator {
  private static final String HELP =
      """
      A stand-in for Charles Schwab's API over HTTP and WebSocket, replaying recorded sessions.

      usage: java -jar schwab-simulator.jar [OPTIONS]

        --day DATE          first session replayed, e.g. 2013-10-08 (SIMULATOR_START_SESSION)
        --speed NUMBER      market time per wall time, 1 to 1000, default 30 (KITE_REPLAY_SPEED)
        --port NUMBER       default 8090; 0 = any free one (SIMULATOR_PORT)
        --scenario NAME     faults that come by themselves: a shipped one or a file (SIMULATOR_SCENARIO)
        --seed NUMBER       what the chance of faults follows from (SIMULATOR_SEED)
        --csv FILE          a market of your own (SIMULATOR_CSV)
        --tls               https and wss with a certificate made at the start (SIMULATOR_TLS)
        --state DIRECTORY   keeps market time, account and orders (SIMULATOR_STATE_DIR)
        --scenarios         lists the shipped scenarios (--json)
        --dials             lists every fault there is, with its source (--json)
        --help

      Settings are environment variables:
        SIMULATOR_PORT                 port, default 8090; 0 = any free one
        BIND_ADDRESS                   address to listen on, default 127.0.0.1
        KITE_REPLAY_SPEED              market time per wall time, 1 to 1000, default 30
        SIMULATOR_CONFLATE_MS          market milliseconds per level-one batch; 0 (default) = every print
        SIMULATOR_STATE_DIR            keeps market time, account and orders; default: memory only
        SIMULATOR_WAIT_FOR_SUBSCRIBER  hold the market until somebody streams, default true
        SIMULATOR_DAY_START, _DAY_END  New York times, default 09:29:50 and 16:00:10
        SIMULATOR_START_SESSION        first session, default 2013-10-07
        SIMULATOR_CSV                  a CSV file or directory as the market (docs/recordings.md)
        SIMULATOR_STOP_AFTER_SESSIONS  halt for good after so many sessions; 0 (default) = never
        SIMULATOR_CASH                 cash of the account, default 100000
        SIMULATOR_ACCOUNT_TYPE         MARGIN (default) or CASH, which cannot sell short
        SIMULATOR_OPTION_LEVEL         -1 no options, 0 covered, 1 long, 2 spreads (default), 3 uncovered
        SIMULATOR_ORDERS_PER_MINUTE    order writes a minute before 429, 0 to 120; default no limit
        SIMULATOR_RETRY_AFTER          true: such a 429 carries Retry-After; default false
        SIMULATOR_ORDER_LIST_DAYS      longest span of an account's order list, default 366 (others say 60)
        SIMULATOR_KICK                 a second login: notice (default), stop, bare or refuse
        SIMULATOR_SIZE_UNIT            level-one sizes in shares (default) or lots
        SIMULATOR_CHART_LAYOUT         CHART_EQUITY's numbers: real (default) or documented
        SIMULATOR_SUCCESS_CODE         commands succeed with 0 (zero, default) or 26 to 29 (named)
        SIMULATOR_STREAM_TOKEN         token looked at: login (default) or session
        SIMULATOR_SYMBOL_LIMIT         keys of a streamer service, default 3000
        SIMULATOR_CHART_SYMBOL_LIMIT   keys of a CHART service, default 300
        SIMULATOR_COMMAND_SYMBOL_LIMIT keys of one command, default 3000
        SIMULATOR_EMPTY_SECONDS        end connections without subscriptions after, default 30
        SIMULATOR_STALL_SECONDS        how long a client may not read before it is cut off, default 120
        SIMULATOR_ALLOWED_HOSTS        more host names for the page and /control, comma separated
        SIMULATOR_SEED                 what the chance of faults follows from, default 1
        SIMULATOR_REFRESH_TOKENS       constant (default) or rotating
        SIMULATOR_LOGIN                the authorize page: redirect (default) or form
        SIMULATOR_TLS                  https and wss, default false
        SIMULATOR_CALENDAR             sessions (default), or continuous: with nights and weekends
        SIMULATOR_SCENARIO             a scenario to play from the start
        SCHWAB_APP_KEY, SCHWAB_APP_SECRET, SCHWAB_CALLBACK_URL   checked when set
        KITE_LOG_FORMAT                text or json; default: text on a terminal, else json
      """;

  private SchwabSimulator() {}

  public static void main(String[] arguments) throws InterruptedException {
    PrintStream errors = System.err;
    Arguments parsed;
    try {
      parsed = Arguments.parse(List.of(arguments), System.getenv());
    } catch (IllegalArgumentException e) {
      errors.println(e.getMessage() + "; try --help");
      System.exit(2);
      return;
    }
    if (parsed.show() != Arguments.Show.NOTHING) {
      System.out.print(
          switch (parsed.show()) {
            case HELP -> HELP;
            case SCENARIOS -> Listings.scenarios(parsed.json());
            case DIALS -> Listings.dials(parsed.json());
            case NOTHING -> "";
          });
      System.exit(0);
    }
    SimulatorServer server;
    try {
      server =
          SimulatorServer.start(
              SimulatorSettings.of(parsed.variables()), logging(parsed.variables()));
    } catch (SettingsException e) {
      e.problems().forEach(errors::println);
      System.exit(1);
      return;
    } catch (ScenarioException e) {
      e.problems().forEach(errors::println);
      System.exit(1);
      return;
    } catch (IllegalStateException e) {
      errors.println(e.getMessage());
      System.exit(1);
      return;
    }
    Logger log = LoggerFactory.getLogger(SchwabSimulator.class);
    log.atInfo()
        .addKeyValue("event", "simulator.started")
        .addKeyValue("url", server.baseUrl())
        .log("Schwab simulator on {}, replaying {}", server.baseUrl(), server.replay().session());
    server
        .certificate()
        .ifPresent(
            file ->
                log.atInfo()
                    .addKeyValue("event", "simulator.certificate")
                    .addKeyValue("file", file)
                    .log("Clients must trust the certificate in {}", file));
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  ended.countDown();
                },
                "shutdown"));
    ended.await();
  }

  /**
   * Readable lines on a terminal, else one JSON object a line, named as the services name theirs.
   */
  private static List<String> logging(Map<String, String> variables) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--logging.level.root=" + variables.getOrDefault("KITE_LOG_LEVEL", "INFO"));
    arguments.add("--logging.level.org.springframework=WARN");
    arguments.add("--logging.level.org.springframework.web.servlet.PageNotFound=ERROR");
    arguments.add("--logging.level.org.apache=WARN");
    String format = variables.getOrDefault("KITE_LOG_FORMAT", "");
    @SuppressWarnings("SystemConsoleNull") // some launchers give none; isTerminal decides
    Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    if (format.isBlank() ? !terminal : format.strip().equals("json")) {
      arguments.add("--logging.structured.format.console=logstash");
      arguments.add("--logging.structured.json.rename[@timestamp]=timestamp");
      arguments.add("--logging.structured.json.rename.logger_name=logger");
      arguments.add("--logging.structured.json.rename.thread_name=thread");
      arguments.add("--logging.structured.json.exclude=@version,level_value");
      arguments.add("--logging.structured.json.add.service=schwab-simulator");
    }
    return arguments;
  }
}
