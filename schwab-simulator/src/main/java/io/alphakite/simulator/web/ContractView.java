package io.alphakite.simulator.web;

import io.alphakite.simulator.market.option.BlackScholes;
import io.alphakite.simulator.market.option.OptionContract;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.market.option.OptionQuote;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonSerializable;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeSerializer;

/**
 * A contract of a chain. Writes itself: a whole chain as maps would be some megabytes at once.
 *
 * @param greeks null = Schwab's -999
 * @param volatilityPercent null = Schwab's -999
 * @param theoretical null = Schwab's -1
 * @param flipped whether whole numbers change between int and double
 */
record ContractView(
    OptionQuote quote,
    BlackScholes.@Nullable Valuation greeks,
    @Nullable Double volatilityPercent,
    @Nullable Double theoretical,
    boolean flipped)
    implements JacksonSerializable {

  @Override
  public void serialize(JsonGenerator to, SerializationContext context) {
    OptionContract contract = quote.contract();
    String underlying = contract.underlying().symbol();
    to.writeStartObject();
    to.writeStringProperty("putCall", contract.isCall() ? "CALL" : "PUT");
    to.writeStringProperty("symbol", contract.key());
    to.writeStringProperty("description", contract.description());
    to.writeStringProperty("exchangeName", "OPR");
    price(to, "bid", quote.bidE4());
    price(to, "ask", quote.askE4());
    price(to, "last", quote.lastE4());
    price(to, "mark", quote.markE4());
    count(to, "bidSize", quote.bidSize());
    count(to, "askSize", quote.askSize());
    to.writeStringProperty("bidAskSize", quote.bidSize() + "X" + quote.askSize());
    count(to, "lastSize", quote.lastSize());
    price(to, "highPrice", quote.highE4());
    price(to, "lowPrice", quote.lowE4());
    price(to, "openPrice", quote.openE4());
    price(to, "closePrice", quote.previousCloseE4());
    count(to, "totalVolume", quote.volume());
    to.writeNumberProperty("tradeTimeInLong", quote.tradeTime());
    to.writeNumberProperty("quoteTimeInLong", quote.quoteTime());
    price(to, "netChange", quote.netChangeE4());
    number(to, "volatility", thousandths(volatilityPercent, -999));
    number(to, "delta", thousandths(greeks == null ? null : greeks.delta(), -999));
    number(to, "gamma", thousandths(greeks == null ? null : greeks.gamma(), -999));
    number(to, "theta", thousandths(greeks == null ? null : greeks.theta(), -999));
    number(to, "vega", thousandths(greeks == null ? null : greeks.vega(), -999));
    number(to, "rho", thousandths(greeks == null ? null : greeks.rho(), -999));
    count(to, "openInterest", quote.openInterest());
    number(to, "timeValue", Amounts.cents(BigDecimal.valueOf(quote.timeValueE4(), 4)));
    number(to, "theoreticalOptionValue", thousandths(theoretical, -1));
    number(
        to, "theoreticalVolatility", QuoteViews.rounded(OptionMarket.CHAIN_VOLATILITY_PERCENT, 3));
    to.writeName("optionDeliverablesList");
    to.writeStartArray();
    to.writeStartObject();
    to.writeStringProperty("symbol", underlying);
    to.writeStringProperty("assetType", "EQUITY");
    number(to, "deliverableUnits", Amounts.quantity(OptionContract.MULTIPLIER));
    to.writeEndObject();
    to.writeEndArray();
    price(to, "strikePrice", contract.strikeE4());
    to.writeStringProperty("expirationDate", QuoteViews.chainTime(contract.expires()));
    count(to, "daysToExpiration", quote.daysToExpiration());
    to.writeStringProperty("expirationType", Character.toString(contract.cycle().letter()));
    to.writeNumberProperty("lastTradingDay", QuoteViews.lastTradingDay(contract.expiration()));
    number(to, "multiplier", Amounts.quantity(OptionContract.MULTIPLIER));
    to.writeStringProperty("settlementType", "P");
    to.writeStringProperty("deliverableNote", OptionContract.MULTIPLIER + " " + underlying);
    number(to, "percentChange", QuoteViews.percentOf(quote.netChangeE4(), quote.previousCloseE4()));
    price(to, "markChange", quote.markChangeE4());
    number(
        to,
        "markPercentChange",
        QuoteViews.percentOf(quote.markChangeE4(), quote.previousCloseE4()));
    price(to, "intrinsicValue", quote.moneyIntrinsicE4());
    price(to, "extrinsicValue", quote.lastE4() - quote.moneyIntrinsicE4());
    to.writeStringProperty("optionRoot", contract.symbol().root());
    to.writeStringProperty("exerciseType", "A");
    price(to, "high52Week", QuoteViews.yearHighE4(quote));
    price(to, "low52Week", QuoteViews.yearLowE4(quote));
    int sign = contract.isCall() ? 1 : -1;
    price(to, "breakEven", contract.strikeE4() + sign * quote.markE4());
    to.writeNumberProperty("ssid", quote.quoted() ? QuoteViews.optionId(contract) : -1);
    to.writeBooleanProperty("inTheMoney", quote.inTheMoney());
    to.writeBooleanProperty("mini", false);
    to.writeBooleanProperty("nonStandard", false);
    to.writeBooleanProperty("pennyPilot", contract.pennyPilot());
    to.writeEndObject();
  }

  @Override
  public void serializeWithType(
      JsonGenerator to, SerializationContext context, TypeSerializer types) {
    serialize(to, context);
  }

  private static BigDecimal thousandths(@Nullable Double value, long absent) {
    return value == null ? Amounts.quantity(absent) : QuoteViews.rounded(value, 3);
  }

  private void price(JsonGenerator to, String name, long e4) {
    number(to, name, Amounts.dollars(e4));
  }

  private void count(JsonGenerator to, String name, long value) {
    if (flipped) {
      to.writeNumberProperty(name, Amounts.quantity(value));
    } else {
      to.writeNumberProperty(name, value);
    }
  }

  private void number(JsonGenerator to, String name, BigDecimal value) {
    boolean whole = flipped && value.stripTrailingZeros().scale() <= 0;
    to.writeNumberProperty(name, whole ? value.setScale(0, RoundingMode.UNNECESSARY) : value);
  }
}
