package events;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.KinesisEvent;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.SNSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3EventNotificationRecord;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

/** Handlers of the types of aws-lambda-java-events. The interface is that of an API, the methods are the others. */
public class Events implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
    @Override
    public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent request, Context context) {
        return new APIGatewayProxyResponseEvent()
                .withStatusCode(201)
                .withHeaders(Collections.singletonMap("X-Method", request.getHttpMethod()))
                .withBody(request.getPath() + " " + request.getQueryStringParameters().get("q") + " "
                        + request.getRequestContext().getIdentity().getSourceIp())
                .withIsBase64Encoded(false);
    }

    public APIGatewayProxyRequestEvent same(APIGatewayProxyRequestEvent request) {
        return request;
    }

    public String http(APIGatewayV2HTTPEvent request) {
        return request.getRequestContext().getHttp().getMethod() + " " + request.getRawPath();
    }

    public String s3(S3Event event) {
        S3EventNotificationRecord record = event.getRecords().get(0);
        return record.getEventName() + " " + record.getS3().getBucket().getName() + " "
                + record.getS3().getObject().getUrlDecodedKey() + " " + record.getEventTime().getYear();
    }

    public S3Event sameS3(S3Event event) {
        return event;
    }

    public String sns(SNSEvent event) {
        SNSEvent.SNSRecord record = event.getRecords().get(0);
        return record.getEventSource() + " " + record.getSNS().getMessage() + " " + record.getSNS().getTimestamp().getYear()
                + " " + record.getSNS().getMessageAttributes().get("color").getValue();
    }

    public String sqs(SQSEvent event) {
        SQSEvent.SQSMessage message = event.getRecords().get(0);
        return message.getBody() + " " + message.getMd5OfBody() + " " + message.getEventSourceArn();
    }

    public String dynamodb(DynamodbEvent event) {
        DynamodbEvent.DynamodbStreamRecord record = event.getRecords().get(0);
        return record.getEventName() + " " + record.getDynamodb().getKeys().get("Id").getN() + " "
                + record.getDynamodb().getNewImage().get("Message").getS();
    }

    public String kinesis(KinesisEvent event) {
        return StandardCharsets.UTF_8.decode(event.getRecords().get(0).getKinesis().getData()).toString();
    }

    public String scheduled(ScheduledEvent event) {
        return event.getDetailType() + " " + event.getTime().getYear() + " " + event.getDetail();
    }

    public String logs(CloudWatchLogsEvent event) {
        return event.getAwsLogs().getData();
    }
}
