package io.alphakite.engine.control.jpa;

import java.util.Optional;
import org.springframework.data.repository.Repository;

/** Reads the controls. */
interface TradingControlsRepository extends Repository<TradingControls, Integer> {

  Optional<TradingControls> findById(int id);
}
