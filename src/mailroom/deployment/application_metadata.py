"""What the Serverless Application Repository asks of a template's metadata."""

APPLICATION = "AWS::ServerlessRepo::Application"
# https://docs.aws.amazon.com/serverlessrepo/latest/devguide/serverlessrepo-how-to-publish.html
AUTHOR = r"(?=.{1,127}$)[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?"
