"""What CloudFormation does for properties that our template doesn't have."""

# What the resource types' schemas list, by the property that it is for.
ONLY_FOR: dict[str, dict[str, set[str]]] = {
    "AWS::Lambda::Function": {
        "CapacityProviderConfig": {"lambda:PassCapacityProvider"},
        "CodeSigningConfigArn": {
            *("lambda:GetCodeSigningConfig", "lambda:PutFunctionCodeSigningConfig"),
            "lambda:DeleteFunctionCodeSigningConfig",
        },
        "FileSystemConfigs": {"elasticfilesystem:DescribeMountTargets", "s3files:ListMountTargets"},
        "FunctionScalingConfig": {
            *("lambda:GetFunctionScalingConfig", "lambda:PutFunctionScalingConfig"),
        },
        "KmsKeyArn": {
            *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"),
            "kms:GenerateDataKey",
        },
        "Layers": {"lambda:GetLayerVersion"},
        "PublishToLatestPublished": {"lambda:PublishVersion"},
        "RecursiveLoop": {"lambda:PutFunctionRecursionConfig"},
        "ReservedConcurrentExecutions": {
            *("lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"),
        },
        "RuntimeManagementConfig": {"lambda:PutRuntimeManagementConfig"},
        "S3ObjectVersion": {"s3:GetObjectVersion"},
    },
    "AWS::Lambda::EventSourceMapping": {
        "KmsKeyArn": {"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"},
    },
    "AWS::StepFunctions::StateMachine": {
        "DefinitionS3Location": {"s3:GetObject", "s3:GetObjectVersion"},
        "EncryptionConfiguration": {"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"},
    },
    "AWS::SNS::Topic": {
        "DataProtectionPolicy": {"sns:PutDataProtectionPolicy"},
        "DeliveryStatusLogging": {"iam:GetRole", "iam:PassRole"},
    },
    "AWS::SNS::Subscription": {"SubscriptionRoleArn": {"iam:GetRole", "iam:PassRole"}},
    "AWS::SecretsManager::Secret": {
        "ReplicaRegions": {
            *("secretsmanager:ReplicateSecretToRegions",),
            "secretsmanager:RemoveRegionsFromReplication",
        },
    },
    "AWS::IAM::Policy": {
        "Groups": {"iam:DeleteGroupPolicy", "iam:GetGroupPolicy", "iam:PutGroupPolicy"},
        "Users": {"iam:DeleteUserPolicy", "iam:GetUserPolicy", "iam:PutUserPolicy"},
    },
    "AWS::IAM::Role": {
        "PermissionsBoundary": {
            *("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
        },
        "Description": {"iam:UpdateRoleDescription"},
    },
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": {"logs:PutBearerTokenAuthentication"},
        "DataProtectionPolicy": {
            *("logs:PutDataProtectionPolicy", "logs:DeleteDataProtectionPolicy"),
            *("logs:CreateLogDelivery", "firehose:TagDeliveryStream", "s3:REST.PUT.OBJECT"),
        },
        "DeletionProtectionEnabled": {"logs:PutLogGroupDeletionProtection"},
        "FieldIndexPolicies": {"logs:PutIndexPolicy", "logs:DeleteIndexPolicy"},
        "KmsKeyId": {"logs:AssociateKmsKey", "logs:DisassociateKmsKey"},
        "ResourcePolicyDocument": {"logs:PutResourcePolicy", "logs:DeleteResourcePolicy"},
    },
    "AWS::S3::Bucket": {
        "AbacStatus": {"s3:PutBucketAbac"},
        "AccelerateConfiguration": {"s3:PutAccelerateConfiguration"},
        "AccessControl": {"s3:PutBucketAcl", "s3:GetBucketAcl", "s3:PutObjectAcl"},
        "AnalyticsConfigurations": {
            *("s3:PutAnalyticsConfiguration", "s3:DeleteBucketAnalyticsConfiguration"),
        },
        "CorsConfiguration": {"s3:PutBucketCORS", "s3:DeleteBucketCors"},
        "IntelligentTieringConfigurations": {"s3:PutIntelligentTieringConfiguration"},
        "InventoryConfigurations": {"s3:PutInventoryConfiguration"},
        "LoggingConfiguration": {"s3:PutBucketLogging"},
        "MetadataConfiguration": {
            *("s3:CreateBucketMetadataTableConfiguration", "s3tables:CreateNamespace"),
            *("s3:DeleteBucketMetadataTableConfiguration", "s3tables:CreateTable"),
            "s3tables:CreateTableBucket",
            *("s3:UpdateBucketMetadataAnnotationTableConfiguration", "s3tables:GetTable"),
            *("s3:UpdateBucketMetadataInventoryTableConfiguration", "s3tables:PutTablePolicy"),
            *("s3:UpdateBucketMetadataJournalTableConfiguration", "s3tables:PutTableBucketPolicy"),
            *("s3tables:GetTableMetadataLocation", "s3tables:UpdateTableMetadataLocation"),
            "s3tables:PutTableEncryption",
        },
        "MetricsConfigurations": {
            *("s3:PutMetricsConfiguration", "s3:DeleteBucketMetricsConfiguration"),
        },
        "NotificationConfiguration": {"s3:PutBucketNotification"},
        "ObjectLockConfiguration": {
            *("s3:PutBucketObjectLockConfiguration", "s3:PutObjectLockConfiguration"),
        },
        "OwnershipControls": {"s3:PutBucketOwnershipControls"},
        "ReplicationConfiguration": {
            *("s3:PutBucketReplication", "s3:PutReplicationConfiguration", "iam:PassRole"),
            *("s3:DeleteBucketReplication", "s3:DeleteObject"),
        },
        "WebsiteConfiguration": {"s3:PutBucketWebsite", "s3:DeleteBucketWebsite"},
    },
}
