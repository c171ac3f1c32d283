package io.alphakite.engine.order;

import io.alphakite.model.market.Price;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants of a trade whose order works: another price or quantity; null leaves each as
 * it is.
 *
 * @param quantity of the whole trade, what is filled already included
 * @param createdAt wall time
 */
public record OrderChange(
    UUID id,
    UUID tradeId,
    @Nullable Price limitPrice,
    @Nullable Price stopPrice,
    @Nullable Long quantity,
    Instant createdAt) {}
