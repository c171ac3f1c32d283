package io.alphakite.engine.control.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** The row of {@code trading_controls}, read only: whoever writes it does so in SQL, by column. */
@Entity
@Immutable
@Table(name = "trading_controls")
class TradingControls {

  @Id private int id;

  @Column(nullable = false)
  private String mode = "";

  private boolean armed;

  @Column(name = "auto_trading")
  private boolean autoTrading;

  @Column(name = "auto_trading_quantity")
  private long autoTradingQuantity;

  @Column(nullable = false)
  private String state = "";

  @Column(name = "state_reason")
  private @Nullable String stateReason;

  @Column(name = "account_id")
  private @Nullable String accountId;

  String mode() {
    return mode;
  }

  boolean armed() {
    return armed;
  }

  boolean autoTrading() {
    return autoTrading;
  }

  long autoTradingQuantity() {
    return autoTradingQuantity;
  }

  String state() {
    return state;
  }

  @Nullable String stateReason() {
    return stateReason;
  }

  @Nullable String accountId() {
    return accountId;
  }

  int id() {
    return id;
  }
}
