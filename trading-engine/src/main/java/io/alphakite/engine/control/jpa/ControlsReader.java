package io.alphakite.engine.control.jpa;

import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingState;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The controls as the core knows them. */
@Component
public class ControlsReader {

  private static final int ROW = 1;

  private final TradingControlsRepository repository;

  ControlsReader(TradingControlsRepository repository) {
    this.repository = repository;
  }

  /** The switches now. */
  public Controls controls() {
    TradingControls row = row();
    return new Controls(
        TradingMode.fromWire(row.mode()),
        row.armed(),
        row.autoTrading(),
        row.autoTradingQuantity(),
        TradingState.fromWire(row.state()),
        row.stateReason());
  }

  /** Whose account is traded. */
  public @Nullable String accountId() {
    return row().accountId();
  }

  private TradingControls row() {
    return repository
        .findById(ROW)
        .orElseThrow(() -> new IllegalStateException("trading_controls has lost its row"));
  }
}
