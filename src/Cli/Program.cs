_ = args;
