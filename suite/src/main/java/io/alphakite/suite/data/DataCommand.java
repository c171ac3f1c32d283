package io.alphakite.suite.data;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code data status [--exact] [--json]}: says what is stored. */
public final class DataCommand {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Settings settings;
  private final Terminal terminal;

  /** A command with its surroundings. */
  public DataCommand(Settings settings, Terminal terminal) {
    this.settings = settings;
    this.terminal = terminal;
  }

  /** Runs it; 0 when it could look, 1 when not (one line says why), 2 for words it cannot use. */
  public int run(List<String> words) {
    boolean exact = words.contains("--exact");
    if (!words.stream()
        .filter(word -> !word.equals("--json") && !word.equals("--exact"))
        .toList()
        .equals(List.of("status"))) {
      terminal.fail("data takes status, --exact and --json");
      return 2;
    }
    try (CommandDatabase database = CommandDatabase.open(settings, DatabaseRole.GATEWAY);
        Connection connection = database.connect()) {
      DataReader reader = exact ? DataReader.exact(connection) : new DataReader(connection);
      StoredData data = reader.read();
      if (terminal.json()) {
        terminal.print(json(database.name(), data));
      } else {
        print(database.name(), data);
      }
      return 0;
    } catch (CommandException e) {
      return terminal.fail(CommandException.firstLine(e));
    } catch (SQLException e) {
      return terminal.fail("the database: " + CommandException.firstLine(e));
    }
  }

  private void print(String name, StoredData data) {
    terminal.line("Database %s, %s on disk".formatted(name, size(data.bytes())));
    terminal.line("");
    terminal.line(row("table", "ticker", "rows", "first", "last", "empty sessions", "gaps"));
    for (StoredData.Series series : data.series()) {
      terminal.line(
          row(
              series.table(),
              series.ticker(),
              rows(series.rows(), series.rowsEstimated()),
              series.first().toString(),
              series.last().toString(),
              series.emptySessions() == null ? "" : String.valueOf(series.emptySessions()),
              gaps(data, series)));
    }
    for (StoredData.CandleSeries candles : data.candles()) {
      terminal.line(
          row(
              "candles " + candles.bar(),
              candles.ticker(),
              rows(candles.rows(), candles.rowsEstimated()),
              candles.first().toString(),
              candles.last().toString(),
              "",
              ""));
    }
    terminal.line("");
    for (StoredData.Table table : data.tables()) {
      List<StoredData.Partition> filled =
          table.partitions().stream().filter(partition -> partition.rows() > 0).toList();
      terminal.line(
          "%-18s %14s rows  %9s  %d partitions%s%s"
              .formatted(
                  table.name(),
                  rows(table.rows(), table.rowsEstimated()),
                  size(table.bytes()),
                  table.partitions().size(),
                  filled.isEmpty()
                      ? ""
                      : ", rows in "
                          + filled.getFirst().month()
                          + (filled.size() == 1 ? "" : " to " + filled.getLast().month()),
                  table.waiting() == 0
                      ? ""
                      : "; %d rows wait in the default partition".formatted(table.waiting())));
    }
    if (data.series().stream().anyMatch(StoredData.Series::rowsEstimated)
        || data.candles().stream().anyMatch(StoredData.CandleSeries::rowsEstimated)
        || data.tables().stream().anyMatch(StoredData.Table::rowsEstimated)) {
      terminal.line("~ estimated from the database's statistics; --exact counts");
    }
    for (StoredData.Drop drop : data.drops()) {
      terminal.line(
          "%s will be dropped at %s (%s)".formatted(drop.partition(), drop.dueAt(), drop.reason()));
    }
  }

  private static String row(
      String table,
      String ticker,
      String rows,
      String first,
      String last,
      String emptySessions,
      String gaps) {
    return String.format(
            Locale.ROOT,
            "%-14s %-8s %14s  %-20s  %-20s  %14s  %s",
            table,
            ticker,
            rows,
            first,
            last,
            emptySessions,
            gaps)
        .stripTrailing();
  }

  private static String gaps(StoredData data, StoredData.Series series) {
    return series.table().equals("equity_data")
        ? data.gaps().getOrDefault(series.ticker(), Map.of()).entrySet().stream()
            .map(state -> state.getValue() + " " + state.getKey())
            .collect(Collectors.joining(", "))
        : "";
  }

  private static String rows(long rows, boolean estimated) {
    return (estimated ? "~" : "") + String.format(Locale.ROOT, "%,d", rows);
  }

  private static String size(long bytes) {
    return bytes >= 10L << 30
        ? (bytes >> 30) + " GB"
        : bytes >= 10L << 20 ? (bytes >> 20) + " MB" : (bytes >> 10) + " kB";
  }

  private static ObjectNode json(String name, StoredData data) {
    ObjectNode root = JSON.createObjectNode().put("database", name).put("bytes", data.bytes());
    ArrayNode tickers = root.putArray("tickers");
    for (StoredData.Series series : data.series()) {
      ObjectNode node =
          tickers
              .addObject()
              .put("table", series.table())
              .put("ticker", series.ticker())
              .put("rows", series.rows())
              .put("rows_estimated", series.rowsEstimated())
              .put("first", series.first().toString())
              .put("last", series.last().toString())
              .put("sessions_without_rows", series.emptySessions());
      ObjectNode gaps = node.putObject("gaps");
      if (series.table().equals("equity_data")) {
        data.gaps().getOrDefault(series.ticker(), Map.of()).forEach(gaps::put);
      }
    }
    ArrayNode candles = root.putArray("candles");
    for (StoredData.CandleSeries series : data.candles()) {
      candles
          .addObject()
          .put("ticker", series.ticker())
          .put("interval", series.bar())
          .put("rows", series.rows())
          .put("rows_estimated", series.rowsEstimated())
          .put("first", series.first().toString())
          .put("last", series.last().toString());
    }
    ArrayNode tables = root.putArray("tables");
    for (StoredData.Table table : data.tables()) {
      ObjectNode node =
          tables
              .addObject()
              .put("table", table.name())
              .put("rows", table.rows())
              .put("rows_estimated", table.rowsEstimated())
              .put("bytes", table.bytes())
              .put("default_partition_rows", table.waiting())
              .put(
                  "partitions_until",
                  table.coveredUntil() == null ? null : table.coveredUntil().toString());
      ArrayNode partitions = node.putArray("partitions");
      for (StoredData.Partition partition : table.partitions()) {
        partitions
            .addObject()
            .put("partition", partition.name())
            .put("month", partition.month())
            .put("rows", partition.rows())
            .put("rows_estimated", partition.rowsEstimated())
            .put("bytes", partition.bytes());
      }
    }
    ArrayNode drops = root.putArray("announced_drops");
    for (StoredData.Drop drop : data.drops()) {
      drops
          .addObject()
          .put("partition", drop.partition())
          .put("reason", drop.reason())
          .put("due_at", drop.dueAt().toString());
    }
    return root;
  }
}
