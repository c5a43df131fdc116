import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Prints the committed records of a topic, a line each: timestamp, partition, offset, key and value, with tabs between. Arguments: bootstrap servers, topic. */
public final class ReadTopic {
  public static void main(String[] args) {
    Map<String, Object> config = Map.of("bootstrap.servers", args[0], "isolation.level", "read_committed", "fetch.max.wait.ms", 50);
    try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions = consumer.partitionsFor(args[1]).stream().map(each -> new TopicPartition(args[1], each.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()))
        for (var record : consumer.poll(Duration.ofMillis(100)))
          System.out.println(String.join("\t", "" + record.timestamp(), "" + record.partition(), "" + record.offset(), text(record.key()), text(record.value())));
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
