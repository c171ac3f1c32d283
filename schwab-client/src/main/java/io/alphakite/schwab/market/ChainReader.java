package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Fields;
import io.alphakite.schwab.http.Unknowns;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads {@code GET /chains} and {@code GET /expirationchain}. */
final class ChainReader {

  private final Unknowns unknowns;

  ChainReader(Unknowns unknowns) {
    this.unknowns = unknowns;
  }

  OptionChain chain(JsonNode answer) {
    Fields f = new Fields(answer, "chain", unknowns);
    OptionChain chain =
        new OptionChain(
            f.text("symbol", ""),
            f.coded("status", OptionChain.Status.class),
            f.coded("strategy", ChainRequest.Strategy.class),
            f.decimal("interval"),
            f.flag("isDelayed"),
            f.flag("isIndex"),
            f.flag("isChainTruncated"),
            f.decimalUnlessNone("interestRate"),
            f.decimalUnlessNone("underlyingPrice"),
            f.decimalUnlessNone("volatility"),
            f.decimalUnlessNone("daysToExpiration"),
            f.decimalUnlessNone("dividendYield"),
            f.whole("numberOfContracts"),
            f.coded("assetMainType", SymbolQuote.AssetMainType.class),
            f.coded("assetSubType", SymbolQuote.AssetSubType.class),
            underlying(f.block("underlying", "chain.underlying")),
            contracts(f, "callExpDateMap"),
            contracts(f, "putExpDateMap"));
    f.done();
    return chain;
  }

  List<Expiration> expirations(JsonNode answer) {
    Fields f = new Fields(answer, "expirationchain", unknowns).ignore("status");
    List<Expiration> expirations = new ArrayList<>();
    for (Fields e : f.blocks("expirationList", "expirationchain.expiration")) {
      LocalDate onTheWire = e.date("expirationDate");
      LocalDate date = onTheWire == null ? e.date("expiration") : onTheWire;
      Expiration expiration =
          date == null
              ? null
              : new Expiration(
                  date,
                  e.whole("daysToExpiration"),
                  e.coded("expirationType", OptionContract.ExpirationType.class),
                  e.coded("settlementType", OptionContract.SettlementType.class),
                  e.text("optionRoots"),
                  e.flag("standard"));
      if (expiration == null) {
        unknowns.unreadable("expirationchain.expiration", "expirationDate");
      } else {
        e.done();
        expirations.add(expiration);
      }
    }
    f.done();
    return List.copyOf(expirations);
  }

  /** The model's figures, in a chain's contract as in an option's quote. */
  static Greeks greeks(Fields f) {
    BigDecimal theoretical = f.decimalUnlessNone("theoreticalOptionValue");
    return new Greeks(
        f.decimalUnlessNone("volatility"),
        f.decimalUnlessNone("delta"),
        f.decimalUnlessNone("gamma"),
        f.decimalUnlessNone("theta"),
        f.decimalUnlessNone("vega"),
        f.decimalUnlessNone("rho"),
        theoretical == null || theoretical.signum() < 0 ? null : theoretical,
        f.decimalUnlessNone("theoreticalVolatility"));
  }

  /** {@code {"2026-03-20:74":{"50.0":[contract, …]}}}. */
  private List<OptionContract> contracts(Fields chain, String map) {
    List<OptionContract> contracts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> expiration : chain.entries(map)) {
      for (Map.Entry<String, JsonNode> strike : expiration.getValue().properties()) {
        JsonNode listed = strike.getValue();
        for (JsonNode one : listed.isArray() ? listed.values() : List.of(listed)) {
          OptionContract contract = contract(expiration.getKey(), strike.getKey(), one);
          if (contract == null) {
            unknowns.unreadable("chain", map);
          } else {
            contracts.add(contract);
          }
        }
      }
    }
    return contracts;
  }

  private @Nullable OptionContract contract(String listed, String strikeText, JsonNode node) {
    Fields c = new Fields(node, "chain.contract", unknowns);
    String symbol = c.text("symbol");
    LocalDate date = date(listed);
    LocalDate expiration = date == null ? c.date("expirationDate") : date;
    BigDecimal keyed = decimal(strikeText);
    BigDecimal named = c.decimal("strikePrice");
    BigDecimal strike = named == null ? keyed : named;
    Long days = c.whole("daysToExpiration");
    if (symbol == null || expiration == null || strike == null) {
      return null;
    }
    OptionContract contract =
        new OptionContract(
            symbol,
            c.coded("putCall", OptionContract.PutCall.class),
            expiration,
            days == null ? days(listed) : days,
            strike,
            c.text("description"),
            c.text("exchangeName"),
            c.decimal("bid"),
            c.decimal("ask"),
            c.decimal("last"),
            c.decimal("mark"),
            c.whole("bidSize"),
            c.whole("askSize"),
            c.whole("lastSize"),
            c.text("bidAskSize"),
            c.decimal("openPrice"),
            c.decimal("highPrice"),
            c.decimal("lowPrice"),
            c.decimal("closePrice"),
            c.decimal("netChange"),
            c.decimal("percentChange"),
            c.decimal("markChange"),
            c.decimal("markPercentChange"),
            c.decimal("high52Week"),
            c.decimal("low52Week"),
            c.whole("totalVolume"),
            c.whole("openInterest"),
            c.moment("tradeTimeInLong"),
            c.moment("quoteTimeInLong"),
            greeks(c),
            c.decimal("timeValue"),
            c.decimal("intrinsicValue"),
            c.decimal("extrinsicValue"),
            c.decimal("breakEven"),
            c.decimal("multiplier"),
            c.moment("expirationDate"),
            c.date("lastTradingDay"),
            c.coded("expirationType", OptionContract.ExpirationType.class),
            c.coded("settlementType", OptionContract.SettlementType.class),
            c.coded("exerciseType", OptionContract.ExerciseType.class),
            c.text("optionRoot"),
            deliverables(c),
            c.text("deliverableNote"),
            QuoteReader.known(c.whole("ssid")),
            c.flag("inTheMoney"),
            c.flag("mini"),
            c.flag("nonStandard"),
            c.flag("pennyPilot"));
    c.done();
    return contract;
  }

  private static List<OptionContract.Deliverable> deliverables(Fields contract) {
    List<OptionContract.Deliverable> deliverables = new ArrayList<>();
    for (Fields d : contract.blocks("optionDeliverablesList", "chain.deliverable")) {
      deliverables.add(
          new OptionContract.Deliverable(
              d.text("symbol"), d.text("assetType"), d.decimal("deliverableUnits")));
      d.done();
    }
    return deliverables;
  }

  private static OptionChain.@Nullable Underlying underlying(@Nullable Fields u) {
    if (u == null) {
      return null;
    }
    OptionChain.Underlying underlying =
        new OptionChain.Underlying(
            u.text("symbol", ""),
            u.text("description"),
            u.text("exchangeName"),
            u.decimal("bid"),
            u.decimal("ask"),
            u.decimal("last"),
            u.decimal("mark"),
            u.whole("bidSize"),
            u.whole("askSize"),
            u.decimal("openPrice"),
            u.decimal("highPrice"),
            u.decimal("lowPrice"),
            u.decimal("close"),
            u.decimal("change"),
            u.decimal("percentChange"),
            u.decimal("markChange"),
            u.decimal("markPercentChange"),
            u.decimal("fiftyTwoWeekHigh"),
            u.decimal("fiftyTwoWeekLow"),
            u.whole("totalVolume"),
            u.moment("quoteTime"),
            u.moment("tradeTime"),
            u.flag("delayed"));
    u.done();
    return underlying;
  }

  private static @Nullable LocalDate date(String listed) {
    int colon = listed.indexOf(':');
    try {
      return LocalDate.parse(colon < 0 ? listed : listed.substring(0, colon));
    } catch (DateTimeException _) {
      return null;
    }
  }

  private static long days(String listed) {
    int colon = listed.indexOf(':');
    String days = listed.substring(colon + 1);
    return days.matches("\\d{1,6}") ? Long.parseLong(days) : 0;
  }

  private static @Nullable BigDecimal decimal(String text) {
    return text.matches("\\d{1,9}(\\.\\d{1,9})?") ? new BigDecimal(text) : null;
  }
}
