package io.alphakite.gateway.trade;

import java.util.Optional;
import org.springframework.data.repository.Repository;

/** Where the controls are read. */
interface ControlsRow extends Repository<TradingControls, Integer> {

  Optional<TradingControls> findById(Integer id);
}
