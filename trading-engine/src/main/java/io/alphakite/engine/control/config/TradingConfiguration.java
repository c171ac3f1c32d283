package io.alphakite.engine.control.config;

import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingSettings;
import io.alphakite.platform.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Reads the switches that settings decide. */
@Configuration(proxyBeanMethods = false)
class TradingConfiguration {

  private static final int QUANTITY_MAX = 1_000_000;

  @Bean
  TradingSettings tradingSettings(Settings settings) {
    return new TradingSettings(
        settings.parsed("TRADING_MODE", "paper", "paper or live", TradingMode::fromWire),
        settings.flag("TRADING_ARMED", false),
        settings.flag("AUTO_TRADING", false),
        settings.integer("AUTO_TRADING_QUANTITY", 1, 1, QUANTITY_MAX));
  }
}
