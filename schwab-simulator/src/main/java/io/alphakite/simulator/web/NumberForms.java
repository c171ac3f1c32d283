package io.alphakite.simulator.web;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Amounts in answers of the trader API: doubles, until a fault makes ints or texts of them. Ids,
 * which are whole numbers, stay.
 */
final class NumberForms {
  private final FaultDials faults;

  NumberForms(FaultDials faults) {
    this.faults = faults;
  }

  /** A body as it is written now. */
  Object written(Object body, String subject) {
    Optional<Strike> strike = faults.strike(Dial.TRADER_NUMBERS_CHANGE_TYPE, subject);
    return strike.isEmpty() ? body : changed(body, strike.get().text("form").equals("text"));
  }

  private static Object changed(Object value, boolean text) {
    return switch (value) {
      case BigDecimal amount when text -> amount.toPlainString();
      case BigDecimal amount when amount.stripTrailingZeros().scale() <= 0 ->
          amount.longValueExact();
      case Map<?, ?> map -> {
        Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((name, each) -> copy.put(name, each == null ? null : changed(each, text)));
        yield copy;
      }
      case List<?> list -> list.stream().map(each -> changed(each, text)).toList();
      default -> value;
    };
  }
}
