package io.alphakite.streaming.option;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains and expirations as they were, where the recordings are at hand. */
class RecordedOptionsTest {
  private static final Ticker GOOG = new Ticker("GOOG");

  @Test
  void readsSchwabsOwnChainOfAnIndexOnItsLastDay(@TempDir Path directory) throws Exception {
    Path recorded = shared("option-chains/schwab_chain_SPX_0dte_2024-10-15.json");
    assumeTrue(Files.isReadable(recorded), "the recorded chain is not at hand");
    LocalDate date = LocalDate.of(2024, 10, 15);
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer schwab =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    schwab.createContext(
        "/marketdata/v1/expirationchain",
        exchange ->
            answer(
                exchange,
                asked,
                """
                {"expirationList":[
                 {"expirationDate":"2024-10-14","daysToExpiration":-1,"expirationType":"W","standard":true},
                 {"expirationDate":"2024-10-15","daysToExpiration":0,"expirationType":"W","standard":true},
                 {"expirationDate":"2024-10-16","daysToExpiration":1,"expirationType":"W","standard":true}],
                 "status":"SUCCESS"}
                """));
    schwab.createContext(
        "/marketdata/v1/chains", exchange -> answer(exchange, asked, Files.readString(recorded)));
    schwab.start();
    try {
      SchwabApi api =
          SchwabApi.connect(
              SchwabConfig.of(
                  "http://127.0.0.1:" + schwab.getAddress().getPort(),
                  "key",
                  "secret",
                  "https://127.0.0.1",
                  token(directory),
                  null),
              InstantSource.system());
      Map<LocalDate, ListedStrikes> chain =
          new OptionChains(api.marketData(), new OptionSettings(true, 2, 1))
              .fetch(new Ticker("$SPX"), date);
      assertThat(chain).containsOnlyKeys(date);
      ListedStrikes strikes = chain.values().iterator().next();
      Price middle = strikes.atTheMoney(Price.of("5843.81"));
      assertThat(middle).isEqualTo(Price.of("5845"));
      assertThat(strikes.at(middle, 2).stream().map(OptionSymbol::format))
          .containsExactly(
              "SPXW  241015C05835000",
              "SPXW  241015P05835000",
              "SPXW  241015C05855000",
              "SPXW  241015P05855000");
      assertThat(asked)
          .hasSize(2)
          .last()
          .asString()
          .contains("symbol=$SPX", "fromDate=2024-10-15", "toDate=2024-10-15", "strikeCount=12");
    } finally {
      schwab.stop(0);
    }
  }

  @Test
  void followsAShareOnTheLastDayOfItsOptionsToAnEarlyClose() throws IOException {
    Path quotes = shared("options-0dte-2015/goog_20151224_option_quotes_1m.csv.gz");
    Path trades = shared("minutes-special-days/goog_20151224_trades_1m.csv.gz");
    assumeTrue(
        Files.isReadable(quotes) && Files.isReadable(trades), "the recordings are not at hand");
    MarketCalendar calendar = MarketCalendar.nyse();
    LocalDate today = LocalDate.of(2015, 12, 24);
    LocalDate next = LocalDate.of(2015, 12, 31);
    Map<LocalDate, Set<OptionSymbol>> contracts = new HashMap<>();
    Set<String> quoted = new HashSet<>();
    for (String line : lines(quotes)) {
      String[] cells = line.split(",", -1);
      OptionSymbol contract =
          new OptionSymbol(
              "GOOG",
              LocalDate.parse(cells[0], DateTimeFormatter.BASIC_ISO_DATE),
              OptionType.fromWire(cells[1]),
              new Price(Long.parseLong(cells[2])));
      contracts.computeIfAbsent(contract.expiration(), _ -> new HashSet<>()).add(contract);
      quoted.add(contract + " " + cells[3]);
    }
    Map<LocalDate, ListedStrikes> chain = new HashMap<>();
    contracts.forEach((date, listed) -> chain.put(date, new ListedStrikes(listed)));
    TreeSet<Long> listed =
        contracts.getOrDefault(today, Set.of()).stream()
            .map(contract -> contract.strike().e4())
            .collect(Collectors.toCollection(TreeSet::new));
    Instant midnight = calendar.at(today, LocalTime.MIDNIGHT);
    OptionBook book = new OptionBook(calendar, new OptionSettings(true, 2, 1), 3_000);
    int changes = 0;
    int minutes = 0;
    int unquoted = 0;
    for (String line : lines(trades)) {
      String[] cells = line.split(",", -1);
      Instant end = midnight.plusMillis(Long.parseLong(cells[0]) + 59_999);
      Price price = new Price(Long.parseLong(cells[4]));
      if (book.advance(List.of(GOOG), end, _ -> price)) {
        changes++;
      }
      if (book.due(end, 0).isPresent()) {
        book.fetched(GOOG, chain, end, 0);
      }
      boolean over = !calendar.timeOf(end).isBefore(LocalTime.of(13, 15));
      assertThat(book.wanted().keySet())
          .as("at %s", end)
          .hasSize(10)
          .allMatch(contract -> contract.expiration().equals(over ? next : today));
      if (over || calendar.timeOf(end).isBefore(LocalTime.of(9, 31))) {
        continue;
      }
      minutes++;
      TreeSet<Long> strikes =
          book.wanted().keySet().stream()
              .map(contract -> contract.strike().e4())
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(listed.subSet(strikes.first(), true, strikes.last(), true))
          .as("five neighbours at %s", end)
          .hasSize(5)
          .isEqualTo(strikes);
      long middle = new ArrayList<>(strikes).get(2);
      assertThat(middle)
          .as("at the money of %s", price)
          .isIn(listed.floor(price.e4()), listed.ceiling(price.e4()));
      for (OptionSymbol contract : book.wanted().keySet()) {
        if (calendar.timeOf(end).isBefore(LocalTime.of(13, 0))
            && !quoted.contains(contract + " " + cells[0])) {
          unquoted++;
        }
      }
    }
    System.out.printf(
        "GOOG on 2015-12-24: %d minutes, the contracts changed %d times, %d not quoted%n",
        minutes, changes, unquoted);
    assertThat(minutes).isGreaterThan(200);
    assertThat(changes).isBetween(2, 20);
    // The recording leaves out minutes in which a quote stood still.
    assertThat(unquoted).as("contracts around the money without a quote").isLessThan(minutes * 2);
  }

  private static void answer(HttpExchange exchange, List<String> asked, String body)
      throws IOException {
    asked.add(URLDecoder.decode(exchange.getRequestURI().getRawQuery(), UTF_8));
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Path token(Path directory) throws IOException {
    Path file =
        Files.createFile(
            directory.resolve("token.json"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(
        file,
        """
        {"access_token":"access","refresh_token":"refresh","expires_at":"%s","token_type":"Bearer"}
        """
            .formatted(Instant.now().plusSeconds(3_600)));
  }

  /** Without the names of the columns. */
  private static List<String> lines(Path file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      return reader.lines().skip(1).toList();
    }
  }

  private static Path shared(String file) {
    String root = Optional.ofNullable(System.getenv("KITE_PROJECT_ROOT")).orElse("..");
    return Path.of(root).resolve("../shared/data").resolve(file).normalize();
  }
}
