package io.alphakite.engine.risk.config;

import io.alphakite.engine.risk.RiskGate;
import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.platform.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The gate with the limits of the settings. */
@Configuration(proxyBeanMethods = false)
class RiskConfiguration {

  @Bean
  RiskLimits riskLimits(Settings settings) {
    return RiskSettings.from(settings);
  }

  @Bean
  RiskGate riskGate(RiskLimits limits) {
    return new RiskGate(limits);
  }
}
