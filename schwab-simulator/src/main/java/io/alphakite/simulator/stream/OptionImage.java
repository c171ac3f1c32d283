package io.alphakite.simulator.stream;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.option.BlackScholes;
import io.alphakite.simulator.market.option.OptionContract;
import io.alphakite.simulator.market.option.OptionQuote;
import java.time.LocalTime;
import org.jspecify.annotations.Nullable;

/**
 * LEVELONE_OPTIONS of one contract, as of the quote it was given last. Where there are no greeks it
 * has Schwab's sentinel -999, and without any quote status Unknown and quote time 0.
 */
final class OptionImage implements Image {
  private static final int STATUS = 33;
  private static final long SENTINEL_E6 = -999_000_000;
  private static final long NO_THEORETICAL_E6 = -1_000_000;
  private static final LocalTime END_OF_DAY = LocalTime.of(20, 0);

  private final OptionContract contract;
  private final String key;
  private final boolean withoutGreeks;
  private final long lastTradingDay;
  private OptionQuote quote;

  /**
   * @param withoutGreeks whether its greeks and volatility are missing
   */
  OptionImage(OptionQuote quote, boolean withoutGreeks) {
    this.contract = quote.contract();
    this.key = contract.key();
    this.quote = quote;
    this.withoutGreeks = withoutGreeks;
    this.lastTradingDay =
        MarketCalendar.nyse().at(contract.expiration(), END_OF_DAY).toEpochMilli();
  }

  OptionContract contract() {
    return contract;
  }

  OptionQuote quote() {
    return quote;
  }

  void quote(OptionQuote now) {
    quote = now;
  }

  @Override
  public String symbol() {
    return key;
  }

  @Override
  public int fields() {
    return Service.LEVELONE_OPTIONS.fields();
  }

  @Override
  public void head(StringBuilder to) {
    to.append(",\"delayed\":false,\"assetMainType\":\"OPTION\",\"cusip\":");
    Json.text(to, OptionContract.cusip(contract.symbol()));
  }

  @Override
  public long get(int field) {
    return switch (field) {
      case 2 -> quote.bidE4();
      case 3 -> quote.askE4();
      case 4 -> quote.lastE4();
      case 5 -> quote.highE4();
      case 6 -> quote.lowE4();
      case 7 -> quote.previousCloseE4();
      case 8 -> quote.volume();
      case 9 -> quote.openInterest();
      case 10 -> hasGreeks() ? e6(quote.volatilityPercent()) : SENTINEL_E6;
      case 11 -> quote.moneyIntrinsicE4();
      case 12 -> contract.expiration().getYear();
      case 13 -> OptionContract.MULTIPLIER * 10_000L;
      case 14 -> 2;
      case 15 -> quote.openE4();
      case 16 -> quote.bidSize();
      case 17 -> quote.askSize();
      case 18 -> quote.lastSize();
      case 19 -> quote.netChangeE4();
      case 20 -> contract.strikeE4();
      case 21 -> contract.isCall() ? 'C' : 'P';
      case 23 -> contract.expiration().getMonthValue();
      case 25 -> quote.timeValueE4();
      case 26 -> contract.expiration().getDayOfMonth();
      case 27 -> quote.daysToExpiration();
      case 28, 29, 30, 31, 32 -> greek(field);
      case STATUS -> quote.quoted() ? 1 : 0;
      case 34 -> quote.theoretical() == null ? NO_THEORETICAL_E6 : e6(quote.theoretical());
      case 35 -> quote.underlyingE4();
      case 36 -> contract.cycle().letter();
      case 37 -> quote.markE4();
      case 38 -> quote.quoteTime();
      case 39 -> quote.tradeTime();
      case 40 -> 'o';
      case 42 -> lastTradingDay;
      case 43 -> 'P';
      case 44 -> percentE6(quote.netChangeE4());
      case 45 -> quote.markChangeE4();
      case 46 -> percentE6(quote.markChangeE4());
      case 47 -> 0;
      case 48 -> contract.pennyPilot() ? 1 : 0;
      case 50 -> Math.max(quote.highE4(), quote.previousCloseE4());
      case 51 ->
          quote.lowE4() == 0
              ? quote.previousCloseE4()
              : Math.min(quote.lowE4(), quote.previousCloseE4());
      case 52, 53, 54 -> 0;
      case 55 -> 'A';
      default -> LevelOne.NONE;
    };
  }

  private boolean hasGreeks() {
    return !withoutGreeks && quote.greeks() != null;
  }

  private long greek(int field) {
    BlackScholes.Valuation greeks = quote.greeks();
    if (greeks == null || withoutGreeks) {
      return SENTINEL_E6;
    }
    return e6(
        switch (field) {
          case 28 -> greeks.delta();
          case 29 -> greeks.gamma();
          case 30 -> greeks.theta();
          case 31 -> greeks.vega();
          default -> greeks.rho();
        });
  }

  private static long e6(@Nullable Double value) {
    return value == null ? SENTINEL_E6 : Math.round(value * 1e6);
  }

  private long percentE6(long changeE4) {
    return quote.previousCloseE4() == 0 ? 0 : Math.round(changeE4 * 1e8 / quote.previousCloseE4());
  }

  @Override
  public @Nullable String text(int field) {
    return switch (field) {
      case 1 -> contract.description();
      case 22 -> contract.underlying().symbol();
      case 24 -> OptionContract.MULTIPLIER + " " + contract.underlying().symbol();
      case STATUS -> quote.quoted() ? "Normal" : "Unknown";
      case 41 -> "OPR";
      case 49 -> contract.symbol().root();
      default -> null;
    };
  }

  @Override
  public LevelOne.Form form(int field) {
    return switch (field) {
      case 2, 3, 4, 5, 6, 7, 11, 13, 15, 19, 20, 25, 35, 37, 45, 50, 51, 52, 53 ->
          LevelOne.Form.PRICE;
      case 10, 28, 29, 30, 31, 32, 34, 44, 46, 47 -> LevelOne.Form.PERCENT;
      case 21, 36, 40, 43, 55 -> LevelOne.Form.CHARACTER;
      case 48 -> LevelOne.Form.BOOLEAN;
      default -> LevelOne.Form.COUNT;
    };
  }
}
