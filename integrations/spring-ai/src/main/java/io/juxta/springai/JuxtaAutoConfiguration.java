package io.juxta.springai;

import io.juxta.Encoder;
import java.io.IOException;
import org.apiguardian.api.API;
import org.springframework.ai.embedding.DocumentEmbeddingModel;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Beans of an application that says {@code juxta.encoder.weights}: one {@link Encoder}, closed when the application ends, a {@link
 * DocumentEmbeddingModel} unless there is another, and where Spring Boot's health is on the class path, an indicator.
 */
@API(status = API.Status.EXPERIMENTAL)
@AutoConfiguration
@ConditionalOnProperty("juxta.encoder.weights")
@EnableConfigurationProperties(JuxtaProperties.class)
public class JuxtaAutoConfiguration {
    /** @throws IOException when the weights cannot be read, in one line that names them */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    public Encoder juxtaEncoder(JuxtaProperties properties) throws IOException {
        return Encoder.load(properties.weights(), properties.options());
    }

    /** Of the one encoder. */
    @Bean
    @ConditionalOnMissingBean(DocumentEmbeddingModel.class)
    public PictureDocumentEmbeddingModel juxtaDocumentEmbeddingModel(Encoder encoder, JuxtaProperties properties) {
        return new PictureDocumentEmbeddingModel(encoder, properties.name());
    }

    /** Only where health is looked at. */
    @API(status = API.Status.INTERNAL)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class Health {
        @Bean
        @ConditionalOnMissingBean(name = "juxtaHealthIndicator")
        HealthIndicator juxtaHealthIndicator(Encoder encoder) {
            return new EncoderHealth(encoder);
        }
    }
}
