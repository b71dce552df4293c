# Uses Logger as AWS's bootstrap allows: without asking for it.
LOG = Logger.new($stdout, level: Logger::INFO)

LOG.info("while loading")

def handler(event:, context:)
  LOG.info("while running")
end
