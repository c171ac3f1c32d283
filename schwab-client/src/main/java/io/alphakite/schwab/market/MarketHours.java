package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.WireName;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When one product of a market trades on a date.
 *
 * @param product {@code EQ}, {@code EQO}, {@code IND} and so on; the market's own name on a date on
 *     which it is closed
 * @param open whether it trades on that date, not whether it is open now
 * @param sessions by Schwab's names ({@code preMarket}, {@code regularMarket}, {@code postMarket}
 *     and what else may come); empty on a date on which it is closed
 */
public record MarketHours(
    Coded<Market> market,
    String product,
    @Nullable String productName,
    @Nullable String category,
    @Nullable String exchange,
    @Nullable LocalDate date,
    boolean open,
    Map<String, List<Span>> sessions) {

  public MarketHours {
    sessions = Map.copyOf(sessions);
  }

  /** The regular session; several when there is a pause, none when there is no trading. */
  public List<Span> regular() {
    return sessions.getOrDefault("regularMarket", List.of());
  }

  public List<Span> preMarket() {
    return sessions.getOrDefault("preMarket", List.of());
  }

  public List<Span> postMarket() {
    return sessions.getOrDefault("postMarket", List.of());
  }

  /** From an inclusive start to an exclusive end. */
  public record Span(Instant start, Instant end) {}

  /** A market. */
  public enum Market implements WireName {
    EQUITY("equity"),
    OPTION("option"),
    BOND("bond"),
    FUTURE("future"),
    FOREX("forex");

    private final String wire;

    Market(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }
}
