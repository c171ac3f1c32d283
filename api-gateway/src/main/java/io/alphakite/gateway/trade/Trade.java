package io.alphakite.gateway.trade;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A trade as read; only the engine changes one. */
@Entity
@Immutable
@Table(name = "trades")
class Trade {
  @Id UUID id;
  String ticker;
  String assetType;
  @Nullable String optionSymbol;
  String side;
  long quantity;
  String orderType;
  @Nullable BigDecimal limitPrice;
  @Nullable BigDecimal stopPrice;
  String timeInForce;
  String status;
  long filledQuantity;
  @Nullable BigDecimal averageFillPrice;
  @Nullable String brokerOrderId;
  @Nullable String rejectReason;
  String source;
  @Nullable Long signalId;
  @Nullable String requestId;
  Instant createdAt;
  Instant updatedAt;
  @Nullable Instant marketTime;
  @Nullable Instant cancelRequestedAt;
  @Nullable BigDecimal takeProfit;
  @Nullable BigDecimal stopLoss;
  @Nullable BigDecimal stopLossLimit;
  @Nullable UUID parentId;
  @Nullable String role;
  @Nullable String unprotected;
  @Nullable String unprotectedAccepted;
  @Nullable String unprotectedAcceptedBy;

  /** For Hibernate, which fills the fields. */
  @SuppressWarnings("NullAway.Init")
  protected Trade() {}
}
