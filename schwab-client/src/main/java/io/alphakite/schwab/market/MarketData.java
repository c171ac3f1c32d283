package io.alphakite.schwab.market;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.SchwabException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schwab's market data by REST ({@code /marketdata/v1}). Safe for use by many threads; calls block,
 * for their turn in the rate budget as well.
 *
 * <p>Every call throws {@link SchwabException} when there is no answer to be had. Words that are
 * not known are kept as text, fields that are not known are left out; both are counted ({@link
 * io.alphakite.schwab.http.Unknowns}).
 */
public interface MarketData extends MinuteBars {

  /**
   * The main things of the quotes of shares and indices; one that Schwab does not know is absent.
   */
  Map<Ticker, EquityQuote> quotes(Collection<Ticker> tickers);

  /** Quotes of any symbols, 500 at a time. What is not known stands beside what is. */
  SymbolQuote.Quotes quotes(QuoteRequest request);

  /**
   * The quote of one symbol; empty when Schwab does not know it.
   *
   * @param fields empty means all
   * @throws IllegalArgumentException when it cannot be a symbol
   */
  Optional<SymbolQuote> quote(String symbol, Set<QuoteRequest.Field> fields);

  /**
   * An option chain. Empty when there is none.
   *
   * @throws SchwabException of kind {@code ANSWER_TOO_BIG} when less must be asked for at a time
   */
  OptionChain chain(ChainRequest request);

  /**
   * The dates on which options on this symbol expire, the nearest first; empty when it has none.
   */
  List<Expiration> expirations(String symbol);

  /** Candles, only those asked for even where Schwab sends whole days. */
  Candles candles(HistoryRequest request);

  /** About ten symbols that move most. */
  List<Mover> movers(Mover.Among among, Mover.Sort sort, Mover.Frequency frequency);

  /**
   * When markets trade.
   *
   * @param date from today to a year from now; null means today
   * @throws IllegalArgumentException without any market
   */
  List<MarketHours> marketHours(Set<MarketHours.Market> markets, @Nullable LocalDate date);

  /** When one market trades; otherwise as the call for several. */
  List<MarketHours> marketHours(MarketHours.Market market, @Nullable LocalDate date);

  /**
   * What is found for these words; empty when nothing is.
   *
   * @param words what the projection says, at most 200 characters
   */
  List<Instrument> instruments(String words, Instrument.Projection projection);

  /** The instrument with this CUSIP; empty when there is none. */
  Optional<Instrument> instrument(String cusip);
}
