package io.alphakite.streaming.store;

import io.alphakite.model.market.Quote;
import java.time.Instant;

/**
 * A ticker's row in the table of quotes.
 *
 * @param receivedAt wall clock
 */
public record QuoteRow(Quote quote, Instant receivedAt) {}
