package io.alphakite.gateway.trade;

import io.alphakite.gateway.trade.TradeViews.HaltView;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * The one row of controls as read; changes are single statements, since the engine writes it too.
 */
@Entity
@Immutable
@Table(name = "trading_controls")
class TradingControls {
  static final int ONLY_ID = 1;

  @Id int id;
  String mode;
  String broker;
  @Nullable String accountSuffix;
  boolean armed;
  boolean autoTrading;
  long autoTradingQuantity;
  String state;
  @Nullable String stateReason;
  @Nullable String haltId;
  @Nullable String haltBy;
  @Nullable Instant haltAt;
  @Nullable String haltReason;
  @Nullable Instant brokerProvenAt;
  @Nullable Instant engineSeenAt;

  @Column(name = "limits")
  @ColumnTransformer(read = "limits::text")
  String limits;

  Instant updatedAt;

  /** For Hibernate, which fills the fields. */
  @SuppressWarnings("NullAway.Init")
  protected TradingControls() {}

  /** The halt file that the engine sees; null when there is none. */
  @Nullable HaltView halt() {
    return haltId == null || haltBy == null || haltAt == null
        ? null
        : new HaltView(haltBy, haltAt, haltReason);
  }

  /** Whether arming sends real orders to a real broker. */
  boolean confirmRequired() {
    return mode.equals("live") && !broker.equals("simulator") && !broker.equals("paper");
  }
}
