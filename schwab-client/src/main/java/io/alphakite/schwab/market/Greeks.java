package io.alphakite.schwab.market;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a model says of an option. Null where Schwab has nothing, for which it writes -999 (or
 * {@code NaN}, or -1 for the theoretical value).
 *
 * @param volatility implied, in percent
 * @param theoreticalVolatility in percent
 */
public record Greeks(
    @Nullable BigDecimal volatility,
    @Nullable BigDecimal delta,
    @Nullable BigDecimal gamma,
    @Nullable BigDecimal theta,
    @Nullable BigDecimal vega,
    @Nullable BigDecimal rho,
    @Nullable BigDecimal theoreticalValue,
    @Nullable BigDecimal theoreticalVolatility) {}
