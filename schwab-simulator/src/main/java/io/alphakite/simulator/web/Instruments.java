package io.alphakite.simulator.web;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionContract;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Instruments as the trader API describes them in legs, positions and transactions. */
final class Instruments {
  private static final DateTimeFormatter EXPIRATION =
      DateTimeFormatter.ofPattern("MM/dd/yyyy", Locale.ROOT);

  private Instruments() {}

  static Map<String, Object> of(Market market, String symbol) {
    if (symbol.length() == 21) {
      return option(OptionSymbol.parse(symbol));
    }
    Optional<Listing> listing;
    market.lock().lock();
    try {
      listing = market.ticker(symbol).map(TickerState::image).map(image -> image.listing());
    } finally {
      market.lock().unlock();
    }
    boolean fund = listing.isPresent() && listing.get().isFund();
    Map<String, Object> instrument = new LinkedHashMap<>();
    instrument.put("assetType", fund ? "COLLECTIVE_INVESTMENT" : "EQUITY");
    instrument.put("cusip", listing.map(Listing::cusip).orElse("000000000"));
    instrument.put("symbol", symbol);
    listing.ifPresent(known -> instrument.put("description", known.description()));
    listing.ifPresent(known -> instrument.put("instrumentId", known.instrumentId()));
    if (fund) {
      instrument.put("type", "EXCHANGE_TRADED_FUND");
    }
    return instrument;
  }

  private static Map<String, Object> option(OptionSymbol option) {
    Map<String, Object> instrument = new LinkedHashMap<>();
    instrument.put("assetType", "OPTION");
    instrument.put("cusip", OptionContract.cusip(option));
    instrument.put("symbol", option.format());
    instrument.put("description", description(option));
    instrument.put("instrumentId", 200_000_000L + (option.format().hashCode() & 0x3FFFFFF));
    instrument.put("type", "VANILLA");
    instrument.put("putCall", option.type() == OptionType.CALL ? "CALL" : "PUT");
    instrument.put("underlyingSymbol", option.root());
    Map<String, Object> deliverable = new LinkedHashMap<>();
    deliverable.put("symbol", option.root());
    deliverable.put("deliverableUnits", Amounts.quantity(100));
    instrument.put("optionDeliverables", List.of(deliverable));
    return instrument;
  }

  private static String description(OptionSymbol option) {
    return option.root()
        + " "
        + EXPIRATION.format(option.expiration())
        + " $"
        + option.strike().toBigDecimal().stripTrailingZeros().toPlainString()
        + " "
        + (option.type() == OptionType.CALL ? "Call" : "Put");
  }
}
