package io.alphakite.simulator;

import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.simulator.stream.StreamerEndpoint;
import io.alphakite.simulator.stream.StreamerHub;
import io.alphakite.simulator.web.Arrivals;
import io.alphakite.simulator.web.ChainController;
import io.alphakite.simulator.web.ControlController;
import io.alphakite.simulator.web.CutValve;
import io.alphakite.simulator.web.FaultController;
import io.alphakite.simulator.web.FrontFilter;
import io.alphakite.simulator.web.HealthController;
import io.alphakite.simulator.web.InstrumentController;
import io.alphakite.simulator.web.MarketHoursController;
import io.alphakite.simulator.web.MoverController;
import io.alphakite.simulator.web.OAuthController;
import io.alphakite.simulator.web.OrderController;
import io.alphakite.simulator.web.PriceHistoryController;
import io.alphakite.simulator.web.QuoteController;
import io.alphakite.simulator.web.ScenarioController;
import io.alphakite.simulator.web.StatusPageController;
import io.alphakite.simulator.web.TraderController;
import io.alphakite.simulator.web.TransactionController;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.filter.UrlHandlerFilter;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;

/**
 * The web server around the simulator's parts, which {@link SimulatorServer} makes. The
 * auto-configurations are named one by one: in the suite's process the class path holds those of
 * all services, and none of them belongs here.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
@ImportAutoConfiguration({
  DispatcherServletAutoConfiguration.class,
  HttpMessageConvertersAutoConfiguration.class,
  JacksonAutoConfiguration.class,
  TomcatServletWebServerAutoConfiguration.class,
  WebMvcAutoConfiguration.class
})
@Import({
  ChainController.class,
  ControlController.class,
  FaultController.class,
  InstrumentController.class,
  MarketHoursController.class,
  MoverController.class,
  OAuthController.class,
  OrderController.class,
  PriceHistoryController.class,
  QuoteController.class,
  ScenarioController.class,
  StatusPageController.class,
  HealthController.class,
  TraderController.class,
  TransactionController.class
})
class SimulatorConfiguration {
  private static final String SOCKET_BUFFER = "65536";

  @Bean
  FilterRegistrationBean<FrontFilter> frontFilter(
      Tokens tokens, SimulatorSettings settings, FaultDials faults, Market market) {
    FilterRegistrationBean<FrontFilter> bean =
        new FilterRegistrationBean<>(new FrontFilter(tokens, settings, faults, market));
    bean.setOrder(Ordered.HIGHEST_PRECEDENCE);
    bean.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
    bean.setAsyncSupported(true);
    return bean;
  }

  /** Clients in the field ask for {@code /accounts/} with the slash. */
  @Bean
  FilterRegistrationBean<UrlHandlerFilter> trailingSlashes() {
    FilterRegistrationBean<UrlHandlerFilter> bean =
        new FilterRegistrationBean<>(
            UrlHandlerFilter.trailingSlashHandler("/trader/**", "/marketdata/**")
                .wrapRequest()
                .build());
    bean.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    return bean;
  }

  @Bean
  WebSocketConfigurer streamer(StreamerHub hub, SimulatorSettings settings) {
    return registry ->
        registry
            .addHandler(new StreamerEndpoint(hub, settings.stallLimit()), "/ws")
            .setAllowedOriginPatterns("*");
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> valves(Arrivals arrivals) {
    return factory -> factory.addContextValves(arrivals.valve(), new CutValve());
  }

  /** A small send buffer lets the market feel soon that a client has stopped reading. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> socketBuffers() {
    return factory ->
        factory.addConnectorCustomizers(
            connector -> connector.setProperty("socket.txBufSize", SOCKET_BUFFER));
  }
}
