package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A date on which options on an underlying expire.
 *
 * @param optionRoots roots of the contracts, as Schwab writes them: {@code SPX} or {@code SPX,SPXW}
 */
public record Expiration(
    LocalDate date,
    @Nullable Long daysToExpiration,
    @Nullable Coded<OptionContract.ExpirationType> expirationType,
    @Nullable Coded<OptionContract.SettlementType> settlementType,
    @Nullable String optionRoots,
    @Nullable Boolean standard) {}
