package io.alphakite.streaming.option;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.ChainRequest;
import io.alphakite.schwab.market.Expiration;
import io.alphakite.schwab.market.MarketData;
import io.alphakite.schwab.market.OptionChain;
import io.alphakite.schwab.market.OptionContract;
import io.alphakite.schwab.market.OptionContract.SettlementType;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks Schwab which contracts are listed around the money: first the dates, then the chain of the
 * nearest of them alone, since whole chains are large.
 *
 * <p>Contracts changed by a corporate action and mini contracts are left out. Where two share
 * expiration, type and strike the one settled on the afternoon's prices is taken: the other, as of
 * {@code SPX} beside {@code SPXW}, does not trade on its last day.
 */
final class OptionChains {
  private static final Comparator<Listed> AFTERNOON_FIRST =
      Comparator.comparing((Listed listed) -> listed.morning())
          .thenComparing(listed -> listed.symbol().root());

  private final MarketData marketData;
  private final OptionSettings settings;

  OptionChains(MarketData marketData, OptionSettings settings) {
    this.marketData = marketData;
    this.settings = settings;
  }

  /**
   * The nearest expirations and their strikes around the money; empty when there are none.
   *
   * @param liveFrom the first expiration that is not over
   * @throws SchwabException when there is no answer to be had
   */
  Map<LocalDate, ListedStrikes> fetch(Ticker ticker, LocalDate liveFrom) {
    List<LocalDate> dates =
        marketData.expirations(ticker.symbol()).stream()
            .map(Expiration::date)
            .filter(date -> !date.isBefore(liveFrom))
            .distinct()
            .sorted()
            .limit(settings.expirations())
            .toList();
    if (dates.isEmpty()) {
      return Map.of();
    }
    OptionChain chain =
        marketData.chain(
            ChainRequest.of(ticker.symbol())
                .expirations(dates.getFirst(), dates.getLast())
                .strikeCount(strikesAskedFor()));
    Map<LocalDate, List<OptionSymbol>> contracts = new TreeMap<>();
    Stream.concat(chain.calls().stream(), chain.puts().stream())
        .flatMap(contract -> listed(contract).stream())
        .sorted(AFTERNOON_FIRST)
        .map(Listed::symbol)
        .filter(symbol -> dates.contains(symbol.expiration()))
        .forEach(
            symbol ->
                contracts.computeIfAbsent(symbol.expiration(), _ -> new ArrayList<>()).add(symbol));
    Map<LocalDate, ListedStrikes> listed = new TreeMap<>();
    contracts.forEach((date, symbols) -> listed.put(date, new ListedStrikes(symbols)));
    return listed;
  }

  /** With room for the price to move. */
  private int strikesAskedFor() {
    return 3 * settings.strikes() + 6;
  }

  private static Optional<Listed> listed(OptionContract contract) {
    if (is(contract.nonStandard()) || is(contract.mini())) {
      return Optional.empty();
    }
    try {
      Coded<SettlementType> settled = contract.settlementType();
      boolean morning = settled != null && settled.is(SettlementType.MORNING);
      return Optional.of(new Listed(OptionSymbol.parse(contract.symbol()), morning));
    } catch (IllegalArgumentException _) {
      // Without a symbol that can be read it cannot be streamed.
      return Optional.empty();
    }
  }

  private static boolean is(@Nullable Boolean flag) {
    return Boolean.TRUE.equals(flag);
  }

  private record Listed(OptionSymbol symbol, boolean morning) {}
}
