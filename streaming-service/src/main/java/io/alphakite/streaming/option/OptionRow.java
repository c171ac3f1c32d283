package io.alphakite.streaming.option;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * One second of one contract as it stood at the second's last message. Null is what Schwab does not
 * say; zero is what it says.
 *
 * @param ticker the underlying
 * @param second of the newest quote or trade, epoch seconds
 * @param volume contracts since the day's start
 * @param impliedVolatility in percent
 */
public record OptionRow(
    Ticker ticker,
    OptionSymbol contract,
    long second,
    @Nullable Price last,
    @Nullable Price bid,
    @Nullable Price ask,
    @Nullable Long volume,
    @Nullable Long openInterest,
    @Nullable BigDecimal impliedVolatility,
    @Nullable BigDecimal delta,
    @Nullable BigDecimal gamma,
    @Nullable BigDecimal theta,
    @Nullable BigDecimal vega) {}
