package io.alphakite.engine.signal.config;

import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.engine.signal.CrossoverWatch;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.platform.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the crossover watch. */
@Configuration(proxyBeanMethods = false)
class SignalConfiguration {

  @Bean
  CrossoverWatch crossoverWatch(MarketCalendar calendar, Settings settings, RiskLimits limits) {
    TradingHours hours =
        settings.parsed(
            "STREAM_HOURS", "regular", "regular, extended or always", TradingHours::parse);
    return new CrossoverWatch(calendar, hours, limits.maxQuoteAge());
  }
}
