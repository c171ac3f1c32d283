package io.alphakite.suite;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.db.Migrations;
import io.alphakite.platform.ServiceLauncher;
import io.alphakite.platform.database.DatabaseSettings;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.suite.auth.AuthCommand;
import io.alphakite.suite.backfill.BackfillCommand;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.data.DataCommand;
import io.alphakite.suite.database.EmbeddedDatabase;
import io.alphakite.suite.download.DownloadCommand;
import io.alphakite.suite.halt.HaltCommand;
import io.alphakite.suite.journal.JournalCommand;
import io.alphakite.suite.orders.OrdersCommand;
import io.alphakite.suite.recording.RecordCommand;
import io.alphakite.suite.tickers.TickersCommand;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ./kite} runs: {@code prepare}, {@code up}, {@code migrate}, {@code auth}, {@code
 * data}, {@code download}, {@code backfill}, {@code tickers}, {@code journal}, {@code orders},
 * {@code halt}, {@code resume} and {@code health}.
 */
public final class Suite {
  private static final Map<DatabaseRole, String> PASSWORD_SETTINGS =
      Map.of(
          DatabaseRole.STREAMER, "KITE_STREAMER_DB_PASSWORD",
          DatabaseRole.ENGINE, "KITE_ENGINE_DB_PASSWORD",
          DatabaseRole.GATEWAY, "KITE_GATEWAY_DB_PASSWORD");

  /** Commands that say themselves, to a person, what went wrong. */
  private static final Set<String> TALKING =
      Set.of(
          "auth",
          "backfill",
          "data",
          "download",
          "halt",
          "journal",
          "orders",
          "record",
          "resume",
          "tickers");

  private Suite() {}

  /** Exits 0 when the command did what it says, 1 when not, 2 when there is no such command. */
  public static void main(String... arguments) {
    List<String> words = List.of(arguments);
    Settings settings = Settings.of(System.getenv());
    if (!words.isEmpty()
        && TALKING.contains(words.getFirst())
        && settings.text("KITE_LOG_LEVEL").isEmpty()) {
      System.setProperty("KITE_LOG_LEVEL", "OFF");
    }
    ServiceLauncher.takeOverLogging();
    System.exit(
        switch (words.isEmpty() ? "" : words.getFirst()) {
          case "up" -> up(settings, words.contains("--live"));
          case "prepare" -> prepare(settings);
          case "migrate" -> migrate(settings);
          case "auth" -> auth(settings, words.subList(1, words.size()));
          case "data" ->
              new DataCommand(settings, terminal(words)).run(words.subList(1, words.size()));
          case "backfill" ->
              new BackfillCommand(settings, InstantSource.system(), terminal(words))
                  .run(words.subList(1, words.size()));
          case "download" ->
              new DownloadCommand(settings, InstantSource.system(), terminal(words))
                  .run(words.subList(1, words.size()));
          case "tickers" ->
              new TickersCommand(settings, InstantSource.system(), terminal(words))
                  .run(words.subList(1, words.size()));
          case "orders" ->
              new OrdersCommand(
                      settings, InstantSource.system(), terminal(words), Duration.ofSeconds(75))
                  .run(words.subList(1, words.size()));
          case "halt" ->
              halt(
                      settings,
                      words,
                      Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false))
                  .halt(words.subList(1, words.size()), Boolean.getBoolean("kite.halted"));
          case "resume" -> halt(settings, words, true).resume(words.subList(1, words.size()));
          case "journal" ->
              new JournalCommand(settings, terminal(words)).run(words.subList(1, words.size()));
          case "record" ->
              new RecordCommand(settings, InstantSource.system(), terminal(words))
                  .run(words.subList(1, words.size()));
          case "replay" -> replay(settings, words.size() == 2 ? words.get(1) : "");
          case "health" -> new HealthReport(settings).print(words.contains("--json"), System.out);
          default -> {
            System.err.println(
                "usage: java -jar suite.jar up [--live] | migrate | health [--json]"
                    + " | auth login|status|url [--json] | data status | download ... | backfill ..."
                    + " | tickers list|add|remove [TICKER...] [--json]"
                    + " | journal verify | orders unresolved|resolve | halt [--status] | resume");
            yield 2;
          }
        });
  }

  private static Terminal terminal(List<String> words) {
    return Terminal.ofProcess(words.contains("--json"));
  }

  private static HaltCommand halt(Settings settings, List<String> words, boolean asks) {
    return new HaltCommand(
        settings,
        InstantSource.system(),
        terminal(words),
        question -> asks ? answer(question) : null,
        Duration.ofSeconds(30));
  }

  private static @Nullable String answer(String question) {
    System.err.print(question);
    System.err.flush();
    try {
      return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
          .readLine();
    } catch (IOException e) {
      return null;
    }
  }

  private static int up(Settings settings, boolean live) {
    return run(settings, progress -> RunningSuite.start(settings, live, progress));
  }

  private static int replay(Settings settings, String day) {
    Path folder = RecordCommand.directory(settings).toAbsolutePath().resolve(day);
    if (!day.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}") || !Files.isDirectory(folder)) {
      System.err.println(
          "kite: no day '"
              + day
              + "' is recorded in "
              + RecordCommand.directory(settings)
              + ": ./kite record list shows those that are");
      return 1;
    }
    return run(settings, progress -> RunningSuite.replay(settings, folder, progress));
  }

  private static int run(Settings settings, Function<Progress, RunningSuite> start) {
    RunningSuite suite;
    try {
      suite = start.apply(Progress.to(System.err::println));
    } catch (SuiteException e) {
      System.err.println("kite: " + e.getMessage());
      return 1;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  suite.close();
                  stopped.countDown();
                },
                "kite-stop"));
    Welcome.print(suite, settings, System.out);
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  /** Unpacks PostgreSQL, which needs more memory for a moment than running everything does. */
  private static int prepare(Settings settings) {
    try (EmbeddedDatabase _ = EmbeddedDatabase.start(RunningSuite.home(settings))) {
      return 0;
    } catch (IOException e) {
      System.err.println("kite: cannot unpack PostgreSQL: " + e.getMessage());
      return 1;
    }
  }

  private static int auth(Settings settings, List<String> words) {
    return new AuthCommand(
            settings,
            InstantSource.system(),
            ZoneId.systemDefault(),
            System.in,
            System.out,
            System.err)
        .run(words);
  }

  private static int migrate(Settings settings) {
    try {
      DatabaseUrl owner = DatabaseSettings.of(settings, DatabaseRole.OWNER);
      Map<DatabaseRole, String> passwords = new EnumMap<>(DatabaseRole.class);
      PASSWORD_SETTINGS.forEach(
          (role, name) -> settings.text(name).ifPresent(value -> passwords.put(role, value)));
      Migrations.Result result = Migrations.apply(owner, passwords);
      System.out.println(
          result.applied() == 0
              ? "The schema is up to date at version " + result.version() + "."
              : "Applied "
                  + result.applied()
                  + " migrations; the schema is at version "
                  + result.version()
                  + ".");
      return 0;
    } catch (SettingsException e) {
      System.err.println("kite: " + e.getMessage());
    } catch (SQLException | FlywayException e) {
      System.err.println(
          "kite: cannot migrate: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    return 1;
  }
}
